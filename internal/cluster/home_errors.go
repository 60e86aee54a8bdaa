package cluster

import "nsdi/internal/errs"

func errFolder(dir string, err error) error {
	return &errs.Error{
		Code:   "cluster-folder",
		Op:     "cluster.Start",
		Title:  errs.T("پوشه داده به کار نمی‌آید", "The data folder cannot be used"),
		Detail: errs.Tf("پوشه: %[1]s", "Folder: %[1]s", dir),
		Next: errs.T("اجازه‌های پوشه را درست کنید، یا NSDI_DATA را به پوشه‌ای ببرید که بتوانید در آن بنویسید.",
			"Correct the folder's permissions, or set NSDI_DATA to a folder in which you may write."),
		Err: err,
	}
}

func errForeign(path, owner string) error {
	return &errs.Error{
		Code:   "cluster-foreign",
		Op:     "cluster.Start",
		Title:  errs.T("این پوشه داده از آن کاربر دیگری است", "This data folder belongs to another user"),
		Detail: errs.Tf("%[1]s از آن %[2]s است.", "%[1]s belongs to %[2]s.", path, owner),
		Next: errs.Tf("nsdi را با کاربر %[1]s اجرا کنید، یا NSDI_DATA را به پوشه دیگری ببرید.",
			"Run nsdi as %[1]s, or set NSDI_DATA to another folder.", owner),
	}
}

func errUnreachable(path, user string) error {
	return &errs.Error{
		Code:   "cluster-unreachable",
		Op:     "cluster.Start",
		Title:  errs.T("کاربر PostgreSQL به پوشه پایگاه راه ندارد", "PostgreSQL's user cannot enter the cluster's folder"),
		Detail: errs.Tf("کاربر %[2]s به %[1]s راه ندارد.", "User %[2]s may not enter %[1]s.", path, user),
		Next: errs.T("به پوشه‌های بالاتر اجازه گذر بدهید (chmod o+x)، یا NSDI_DATA را به پوشه دیگری ببرید.",
			"Let others pass through the folders above it (chmod o+x), or set NSDI_DATA to another folder."),
	}
}

func errLinkBroken(link, target string) error {
	return &errs.Error{
		Code:   "cluster-gone",
		Op:     "cluster.Start",
		Title:  errs.T("پوشه پایگاه داده پیدا نمی‌شود", "The cluster's folder is gone"),
		Detail: errs.Tf("%[1]s به %[2]s اشاره می‌کند که نیست.", "%[1]s points to %[2]s, which is absent.", link, target),
		Next: errs.Tf("آن پوشه را برگردانید، یا %[1]s را پاک کنید تا پایگاهی خالی ساخته شود.",
			"Restore that folder, or remove %[1]s to begin with an empty database.", link),
	}
}

package access

import "slices"

// reach says whose resources a role's action extends to. Each ends at the territory of the subject's own agency, or of the one that delegated.
type reach int

const (
	// own: what is the agency's own.
	own reach = iota + 1
	// delivering: what is the agency's own, and what another agency delegated to it, theme by theme and territory by territory.
	delivering
	// overseeing: what is the agency's own; for the steering committee every agency's and national matters.
	overseeing
	// committees: every agency's, and only for the steering committee and provincial committees. Whoever gives out roles in another agency cannot
	// make somebody see through it.
	committees
	// inquiring: every agency's, as inquiry services answer about the registers of others.
	inquiring
)

// grant is one cell of the matrix: what is not in it is denied.
type grant struct {
	role   Role
	action Action
	reach  reach
	why    string
}

// matrix is everything that roles give. Reading what is published needs no role and is not in it.
func matrix() []grant {
	return []grant{
		{Uploader, ReadRestricted, delivering, "sees the findings of what the agency delivers, to mend it"},
		{Uploader, Upload, delivering, "hands over the agency's own data, or as a contractor what was delegated (Article 23 note 2)"},
		{Uploader, Submit, delivering, "says that an upload is ready for review"},

		{Reviewer, ReadRestricted, own, "must see what is reviewed"},
		{Reviewer, Review, own, "the custodian answers for its register (Article 21 note 2): nobody else accepts into it"},
		{Reviewer, Export, own, "looks at a submission with other software"},

		{Publisher, ReadRestricted, own, "must see what is published"},
		{Publisher, Publish, own, "the custodian decides when its data is official"},
		{Publisher, Rollback, own, "takes back what should not have become official; what comes back was reviewed when it was published, so there is no submission to review"},
		{Publisher, Export, own, "hands the agency's own data to those entitled"},

		{Inquirer, Inquire, inquiring, "inquiry services are there for other agencies (Article 21 note 2, 34), each within its own territory"},

		{CommitteeMember, ReadRestricted, committees, "committees develop the infrastructure at national and provincial level (Article 23 note 1)"},
		{CommitteeMember, Steer, committees, "the plan is amended by decision (Article 51); a provincial committee decides for its province"},

		{Administrator, ReadRestricted, own, "answers questions about the agency's deliveries"},
		{Administrator, Administer, overseeing, "keeps the agency's people, keys and delegations; the steering committee's keeps agencies"},

		{Auditor, ReadRestricted, overseeing, "compares the record with what it is about"},
		{Auditor, Audit, overseeing, "reads the record; changes nothing, so has no other right"},
	}
}

// reachOf answers how far a role's action goes; 0: not at all.
func reachOf(r Role, a Action) reach {
	for _, g := range matrix() {
		if g.role == r && g.action == a {
			return g.reach
		}
	}
	return 0
}

// inPerson reports whether only a signed-in person may: judging is not left to programs, and a key would be a second pair of hands of whoever made it.
func inPerson(a Action) bool {
	return slices.Contains([]Action{Review, Publish, Rollback, Administer, Steer}, a)
}

// fourEyes reports whether whoever uploaded the submission must not, so that the submission has to be named.
func fourEyes(a Action) bool { return a == Review || a == Publish }

// themed reports whether the agency whose resource it is must be one that may deliver the theme, so that the theme has to be known.
func themed(a Action) bool {
	return slices.Contains([]Action{Upload, Submit, Review, Publish, Rollback}, a)
}

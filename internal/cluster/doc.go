// Package cluster makes and runs a private PostgreSQL cluster with PostGIS in
// nsdi's data folder, from the PostgreSQL that the system has installed. It is
// what "nsdi serve" uses when it is given no DATABASE_URL.
//
// # What lies where
//
// The cluster's home is NSDI_DATA/postgres. When nsdi runs as root, PostgreSQL
// itself runs as the user postgres (it refuses root); where that user may not enter
// the data folder, the home lies in /var/lib/nsdi instead and NSDI_DATA/postgres is a
// link that says where. In the home:
//
//	data/       PostgreSQL's own folder, made by initdb
//	log/        PostgreSQL's log, one file a weekday, a week long
//	start.log   what PostgreSQL said before its log was open
//	nsdi.conf   the settings, written anew at each start
//	local.conf  the operator's own settings; they win over nsdi.conf
//	nsdi.lock   held by the nsdi that runs the cluster, with its process number
//	socket      the folder of the unix socket
//
// # Who may connect
//
// There is no TCP. The socket lies in a fresh folder of mode 0700 with a short
// random name, and PostgreSQL asks the kernel who is at the other end (peer): only
// the user who runs nsdi and the user who runs PostgreSQL get in. No password
// exists. nsdi works as the role "nsdi", which owns its database and may create
// databases, and is not a superuser; schema public, where PostGIS lives, is closed
// to it.
//
// # Life and death
//
// One process runs the cluster, holding nsdi.lock; a second one is refused
// (Start) or connects to the first one's (Attach). PostgreSQL runs in a session
// of its own, so that Ctrl-C reaches only nsdi, which then stops it. When nsdi is
// killed, the kernel tells PostgreSQL to shut down (PR_SET_PDEATHSIG). Should
// processes of the data folder still be left at the next start, they are stopped
// first; a lock, socket or process file of the dead is cleared away.
package cluster

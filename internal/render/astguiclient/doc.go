// Package astguiclient renders and parses the files of a node:
// /etc/astguiclient.conf, from which every VICIdial program reads its database and
// its node, the crontab that starts the programs, and the command that installs
// them.
package astguiclient

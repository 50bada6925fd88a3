// Package astguiclient knows the files that make a machine a node of a cluster:
// /etc/astguiclient.conf, from which every VICIdial program learns where its
// database is and who the node is, the crontab that starts those programs, and
// the command that installs them. It imports cluster and the standard library
// only: values in, text out, and back.
package astguiclient

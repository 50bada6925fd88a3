// Package configfile keeps one text file on this machine: it is written whole
// or not at all, its last text is kept beside it, and what it is now can be
// asked. It imports the standard library only and does not care what the text
// means.
package configfile

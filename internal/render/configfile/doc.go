// Package configfile writes a text file on this machine atomically, keeps its
// previous text beside it, and reads it back. It imports the standard library only
// and does not interpret the text.
package configfile

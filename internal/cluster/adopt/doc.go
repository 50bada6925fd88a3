// Package adopt decides how the rows of a cluster that has grown by hand become
// resources: which rows are one object, what it is called, and which rows none can
// hold. It decides by the rows alone; whether a resource can hold an object, the
// resource says (package adoption asks it).
package adopt

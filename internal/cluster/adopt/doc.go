// Package adopt decides how the rows of a cluster that was made by hand become
// resources: which rows are one object, its name, and which rows no resource can hold.
// It uses the rows alone; package adoption asks each resource whether it can hold an
// object.
package adopt

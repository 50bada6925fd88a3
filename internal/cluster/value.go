package cluster

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// Value is one column of one row as the tables hold it: text, or NULL.
// Numbers and enum members are text as well, because every value is bound as a
// string: a number bound to ENUM('0','1') would pick a member by position.
type Value struct {
	Text string
	Null bool
}

// MarshalJSON implements [json.Marshaler]: a string, or null.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Null {
		return []byte("null"), nil
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *Value) UnmarshalJSON(text []byte) error {
	var decoded *string
	if err := json.Unmarshal(text, &decoded); err != nil {
		return err
	}
	*v = Null
	if decoded != nil {
		*v = Text(*decoded)
	}
	return nil
}

// Null is the value of a column that holds nothing.
var Null = Value{Null: true}

// Text is a column that holds text.
func Text(text string) Value { return Value{Text: text} }

// Number is a column that holds a whole number.
func Number(number int64) Value { return Value{Text: strconv.FormatInt(number, 10)} }

// YesNo is an ENUM('Y','N') column.
func YesNo(yes bool) Value {
	if yes {
		return Value{Text: "Y"}
	}
	return Value{Text: "N"}
}

// Switch returns the value of an ENUM('0','1') column.
func Switch(on bool) Value {
	if on {
		return Value{Text: "1"}
	}
	return Value{Text: "0"}
}

// Int reads a whole number; false for NULL and for text that is none.
func (v Value) Int() (int64, bool) {
	if v.Null {
		return 0, false
	}
	number, err := strconv.ParseInt(strings.TrimSpace(v.Text), 10, 64)
	return number, err == nil
}

// Yes reports whether an ENUM('Y','N') column is Y. NULL and the empty string
// (what a lax sql_mode stores for a wrong member) are no, as VICIdial reads them.
func (v Value) Yes() bool { return !v.Null && strings.EqualFold(v.Text, "Y") }

// String returns the text, or NULL, for a message.
func (v Value) String() string {
	if v.Null {
		return "NULL"
	}
	return v.Text
}

// Describe returns the text for a message, in which NULL and an empty text are blank.
func (v Value) Describe() string { return cmp.Or(v.Text, "blank") }

// Row holds the columns of one row by column name, or the part of them that a
// step is about.
type Row map[string]Value

// Int is a column as a number; 0 where it is NULL, no number or not read.
func (r Row) Int(column string) int {
	number, _ := r[column].Int()
	return int(number)
}

// Only returns the part of the row that the given columns make up.
func (r Row) Only(columns ...string) Row {
	part := make(Row, len(columns))
	for _, column := range columns {
		if value, ok := r[column]; ok {
			part[column] = value
		}
	}
	return part
}

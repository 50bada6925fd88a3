package asterisk

import (
	"bytes"
	"fmt"
	"strings"
)

// The limits of main/config.c.
const (
	lineBytes       = 8190 // of a line that is read whole, its end not counted
	sectionBytes    = 79   // of a section's name; the rest is cut off
	commentsAtDepth = 128  // ;-- inside one another
)

// logical is a line as main/config.c processes it: without comments and outer blanks,
// with ; for \;. from has the position of each byte in the text.
type logical struct {
	number int
	text   []byte
	from   []int
}

// reader reads lines as config_text_file_load of main/config.c does. Its buffer is a C
// string, which ends at the first NUL.
type reader struct {
	comments   int   // number of open ;--; -1 after an unmatched --;
	opened     []int // the lines in which they began
	stray      int   // the line of the unmatched --;
	violations Violations
}

// lines reads text. Every line of it is less than that of a file where the reader
// is inside a comment.
func (r *reader) lines(text string) []logical {
	var lines []logical
	start := 0
	for number := 1; start <= len(text); number++ {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		raw := text[start:end]
		if len(raw) > lineBytes {
			r.tooLong(number, raw)
		} else if line, some := r.line(number, raw, start); some {
			lines = append(lines, line)
		}
		start = end + 1
	}
	if r.comments > 0 {
		for _, began := range r.opened {
			r.violations = append(r.violations, Violation{
				Line: began, Text: ";-- begins a comment that no --; ends",
				Advice: "end it, or write a plain ; : everything that VICIdial puts after it would be lost",
			})
		}
	}
	if r.stray > 0 {
		r.violations = append(r.violations, Violation{
			Line: r.stray, Text: "--; ends a comment that no ;-- began, and Asterisk takes all that follows for one",
			Advice: "put a blank between the hyphens and the semicolon, or begin the comment with ;--",
		})
	}
	return lines
}

func (r *reader) tooLong(number int, raw string) {
	violation := Violation{
		Line: number, Text: fmt.Sprintf("the line has %d bytes, and Asterisk skips a line of more than %d", len(raw), lineBytes),
		Advice: "split it",
	}
	for i := range len(raw) {
		if raw[i] > ' ' {
			violation.Warning = raw[i] == ';' // nothing is lost but a comment
			break
		}
	}
	if r.comments != 0 {
		violation.Warning = true
	}
	r.violations = append(r.violations, violation)
}

// line removes the comments of one line. The branches are those of the C code, in its
// order.
func (r *reader) line(number int, raw string, start int) (logical, bool) {
	b := newBuffer(raw, start)
	process, next := 0, 0 // where the processed line begins; -1 for nowhere
	if r.comments != 0 {
		process = -1
	}
	for {
		mark := b.index(next, ';')
		if mark < 0 {
			break
		}
		switch {
		case mark > next && b.text[mark-1] == '\\':
			next = mark
			b.unescape(mark)
		case b.text[mark+1] == '-' && b.text[mark+2] == '-' && b.text[mark+3] != '-':
			if r.comments == commentsAtDepth {
				r.violations = append(r.violations, Violation{Line: number, Text: "comments are nested too deep, and Asterisk hangs", Advice: "end one first"})
				return logical{}, false
			}
			b.text[mark] = 0
			next = mark + len(";--")
			r.comments++
			r.opened = append(r.opened, number)
		case mark >= next+2 && b.text[mark-1] == '-' && b.text[mark-2] == '-':
			r.comments--
			next = mark + 1
			r.closed(number)
			switch {
			case r.comments != 0:
			case process < 0:
				process = next
			default: // what follows the comment joins what stood before it
				end := b.end(process)
				b.move(end, next)
				next = end
			}
		case r.comments != 0:
			next = mark + 1
		default:
			b.text[mark] = 0
			next = mark
		}
	}
	if process < 0 {
		return logical{}, false
	}
	line := logical{number: number, text: b.text[process:b.end(process)], from: b.from[process:b.end(process)]}
	line = line.strip()
	return line, len(line.text) > 0
}

func (r *reader) closed(number int) {
	if len(r.opened) > 0 {
		r.opened = r.opened[:len(r.opened)-1]
	}
	if r.comments < 0 && r.stray == 0 {
		r.stray = number
	}
}

// buffer is the line buffer of main/config.c, with the place of each byte in the
// text.
type buffer struct {
	text []byte
	from []int
}

func newBuffer(raw string, start int) buffer {
	const behind = 4 // NULs, for the branches that look ahead
	b := buffer{text: make([]byte, len(raw)+behind), from: make([]int, len(raw)+behind)}
	copy(b.text, raw)
	for i := range b.from {
		b.from[i] = start + i
	}
	return b
}

// end returns the end of the string that begins at a position.
func (b buffer) end(at int) int { return at + bytes.IndexByte(b.text[at:], 0) }

func (b buffer) index(at int, char byte) int {
	found := bytes.IndexByte(b.text[at:b.end(at)], char)
	if found < 0 {
		return -1
	}
	return at + found
}

// move copies the string at from, its NUL included, to to, which is before it.
func (b buffer) move(to, from int) {
	end := b.end(from) + 1
	copy(b.text[to:], b.text[from:end])
	copy(b.from[to:], b.from[from:end])
}

// unescape removes the backslash before a semicolon, which gets the position of the
// backslash.
func (b buffer) unescape(mark int) {
	began := b.from[mark-1]
	b.move(mark-1, mark)
	b.from[mark-1] = began
}

// blank reports whether Asterisk strips a byte at the ends of a word (ast_strip).
func blank(char byte) bool { return char < 33 }

// strip takes the blanks off both ends.
func (l logical) strip() logical {
	for len(l.text) > 0 && blank(l.text[0]) {
		l.text, l.from = l.text[1:], l.from[1:]
	}
	for len(l.text) > 0 && blank(l.text[len(l.text)-1]) {
		l.text, l.from = l.text[:len(l.text)-1], l.from[:len(l.from)-1]
	}
	return l
}

// part returns the bytes between two positions of a line.
func (l logical) part(from, to int) logical {
	return logical{number: l.number, text: l.text[from:to], from: l.from[from:to]}
}

// in returns the span of the line in the text that it was read from.
func (l logical) in(text string) span {
	if len(l.text) == 0 {
		return span{}
	}
	last := l.from[len(l.from)-1]
	if text[last] == '\\' && l.text[len(l.text)-1] == ';' {
		last++
	}
	return span{l.from[0], last + 1}
}

// span is a piece of a text, from its first byte to behind its last.
type span struct{ from, to int }

func stripped(text string) string {
	return strings.TrimFunc(text, func(char rune) bool { return char < 33 })
}

package configcheck

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// keptOutput is how many bytes are kept of the beginning of a command's output, and of
// its end.
const keptOutput = 1000

// Output keeps the beginning and the end of what a command prints. The zero value is
// empty.
type Output struct {
	begin, end []byte
	total      int
}

// Write implements [io.Writer].
func (o *Output) Write(text []byte) (int, error) {
	o.total += len(text)
	free := min(keptOutput-len(o.begin), len(text))
	o.begin = append(o.begin, text[:free]...)
	rest := text[free:]
	o.end = append(o.end, rest[max(0, len(rest)-keptOutput):]...)
	if surplus := len(o.end) - keptOutput; surplus > 0 {
		o.end = append(o.end[:0], o.end[surplus:]...)
	}
	return len(text), nil
}

// String returns the output without blanks around it. Where something is left out, what
// is kept are whole lines, as far as there are any, and the text says how much is
// missing. The text is [cluster.Printable].
func (o *Output) String() string {
	begin, end := o.begin, o.end
	missing := o.total - len(begin) - len(end)
	if missing > 0 {
		if i := bytes.LastIndexByte(begin, '\n'); i >= 0 {
			begin = begin[:i]
		}
		if i := bytes.IndexByte(end, '\n'); i >= 0 {
			end = end[i+1:]
		}
		missing = o.total - len(begin) - len(end)
		begin = fmt.Appendf(slices.Clone(begin), "\n… %d bytes …\n", missing)
	}
	return strings.TrimSpace(cluster.Printable(string(begin) + string(end)))
}

// Environment is the environment of a command: without the variables that configure
// Terraform and this provider, which may be passwords.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_") || strings.HasPrefix(variable, "VICIDIAL_")
	})
}

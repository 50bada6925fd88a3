package configcheck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// ErrNoBinary reports that the proxy is not installed on this machine.
var ErrNoBinary = errors.New("the proxy's binary is not installed on this machine")

// Refused is the error of a configuration that the proxy rejects.
type Refused struct {
	Binary string
	Output string // with the copy's directory taken out
}

func (r *Refused) Error() string { return r.Binary + " refuses the configuration:\n" + r.Output }

// Hint returns what may be the cause.
func (r *Refused) Hint() string {
	return "Every value was checked before, so this is the proxy's own view of a version or a build. Compare target_version with the version of the binary."
}

// limit is the timeout of a check, which takes milliseconds.
const limit = 30 * time.Second

// Check runs the proxy's own check of a copy of the tier's configuration. An empty binary
// means the one on this machine; [ErrNoBinary] reports that there is none. Warnings are
// not errors: a newer proxy warns of deprecated directives of an old target.
func Check(ctx context.Context, dialect webtier.Dialect, binary string, tier webtier.Tier) error {
	return check(ctx, dialect, binary, tier, map[webtier.Dialect][]string{webtier.HAProxy: {"-c", "-f"}, webtier.Nginx: {"-t", "-q", "-c"}})
}

func check(ctx context.Context, dialect webtier.Dialect, binary string, tier webtier.Tier, arguments map[webtier.Dialect][]string) error {
	path, err := Find(dialect, binary)
	if err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "vicidial-check-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(directory) }()
	text, err := copyOf(dialect, tier, directory)
	if err != nil {
		return err
	}
	file := filepath.Join(directory, "check.conf")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	output, err := run(ctx, path, append(slices.Clone(arguments[dialect]), file)...)
	output = strings.TrimSpace(strings.ReplaceAll(output, directory+"/", ""))
	// nginx has no strict mode, but it marks warnings.
	warned := strings.Contains(output, "[warn]") && !slices.Contains(arguments[dialect], "-q")
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) || err == nil && warned:
		return &Refused{Binary: path, Output: output}
	default:
		return err
	}
}

// run runs the proxy's configuration check and returns its output.
func run(ctx context.Context, binary string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var output Output
	//nolint:gosec // the binary is the operator's choice, and the arguments are our own
	command := exec.CommandContext(ctx, binary, arguments...)
	command.Stdout, command.Stderr, command.Env = &output, &output, Environment()
	command.WaitDelay = time.Second // a child of it may keep the pipe open
	err := command.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s: %w", binary, ctx.Err())
	}
	return output.String(), err
}

var versionForm = regexp.MustCompile(`(?i)(?:haproxy version |nginx/)(\d+\.\d+\.\d+)`)

// Version returns the version of a binary.
func Version(ctx context.Context, binary string) (webtier.Version, error) {
	output, err := run(ctx, binary, "-v")
	if err != nil {
		return webtier.Version{}, err
	}
	found := versionForm.FindStringSubmatch(output)
	if found == nil {
		return webtier.Version{}, fmt.Errorf("%s does not print its version: %q", binary, output)
	}
	return webtier.ParseVersion(found[1])
}

// Find returns the path of the proxy's binary: as given, on PATH, or in Debian's
// sbin folders, which are not on an ordinary user's PATH.
func Find(dialect webtier.Dialect, binary string) (string, error) {
	names := []string{binary}
	if binary == "" {
		name := map[webtier.Dialect]string{webtier.HAProxy: "haproxy", webtier.Nginx: "nginx"}[dialect]
		names = []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", names[0], ErrNoBinary)
}

func copyOf(dialect webtier.Dialect, tier webtier.Tier, directory string) ([]byte, error) {
	certificate, key, err := selfSigned()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{haproxy.CertificateName: append(certificate, key...)}
	if dialect == webtier.Nginx {
		files = map[string][]byte{
			nginx.CertificateName: certificate, nginx.KeyName: key, nginx.MimeTypesName: []byte("types {}\n"),
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(directory, name), content, 0o600); err != nil {
			return nil, err
		}
	}
	if dialect == webtier.Nginx {
		return nginx.CheckCopy(tier, directory)
	}
	return haproxy.CheckCopy(tier, directory)
}

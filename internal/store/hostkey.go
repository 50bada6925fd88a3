package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys is what we know of an SSH host before we meet it.
type hostKeys struct {
	// check refuses a key that is not known, with a [*ConnectError].
	check ssh.HostKeyCallback
	// algorithms are those of the known keys. A host has several keys and
	// shows the one that the client asks for; if we did not ask for one that we
	// know, a good host would look changed.
	algorithms []string
}

func (s SSH) hostKeys() (hostKeys, error) {
	if s.HostKey != "" {
		return s.givenHostKeys()
	}
	return s.hostKeysOfFile()
}

func (s SSH) givenHostKeys() (hostKeys, error) {
	known, err := parseHostKeys(s.HostKey)
	if err != nil {
		return hostKeys{}, Fault{Setting: "ssh.host_key", Err: err}
	}
	check := func(_ string, _ net.Addr, shown ssh.PublicKey) error {
		for _, key := range known {
			if bytes.Equal(key.Marshal(), shown.Marshal()) {
				return nil
			}
		}
		return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("host_key says %s", names(known)))
	}
	return hostKeys{check: check, algorithms: algorithmsOf(known)}, nil
}

func (s SSH) hostKeysOfFile() (hostKeys, error) {
	lookUp, err := knownhosts.New(s.KnownHostsFile)
	if err != nil {
		return hostKeys{}, Fault{Setting: "ssh.known_hosts_file", Err: err, Advice: adviceFile}
	}
	check := func(address string, remote net.Addr, shown ssh.PublicKey) error {
		err := lookUp(address, remote, shown)
		var unlike *knownhosts.KeyError
		var revoked *knownhosts.RevokedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &revoked):
			return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("%s line %d says that this key is revoked", revoked.Revoked.Filename, revoked.Revoked.Line))
		case errors.As(err, &unlike) && len(unlike.Want) > 0:
			return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("%s line %d says %s", unlike.Want[0].Filename, unlike.Want[0].Line, names(keysOf(unlike.Want))))
		case errors.As(err, &unlike):
			return s.hostKeyError(SSHHostKeyUnknown, shown, fmt.Errorf("%s does not know the host", s.KnownHostsFile))
		default:
			return s.hostKeyError(SSHHostKeyUnknown, shown, err)
		}
	}

	known, byAuthority, err := s.recorded(lookUp)
	if err != nil {
		return hostKeys{}, err
	}
	algorithms := algorithmsOf(known)
	for _, algorithm := range ssh.SupportedAlgorithms().HostKeys {
		// A host that nobody knows is asked for a bare key, so that its
		// fingerprint can be told.
		certificate := strings.Contains(algorithm, "-cert-v01@")
		if (certificate && byAuthority) || (!certificate && len(known) == 0 && !byAuthority) {
			algorithms = append(algorithms, algorithm)
		}
	}
	return hostKeys{check: check, algorithms: algorithms}, nil
}

// recorded asks the file which keys it has for the host, and whether one of
// them is an authority that signs host keys. knownhosts tells that only as the
// error for a key which is certainly not in the file.
func (s SSH) recorded(lookUp ssh.HostKeyCallback) (known []ssh.PublicKey, byAuthority bool, err error) {
	var unlike *knownhosts.KeyError
	if err := lookUp(s.address(), &net.TCPAddr{}, nobody{}); !errors.As(err, &unlike) {
		return nil, false, nil
	}
	authorities, err := authorityLines(s.KnownHostsFile)
	if err != nil {
		return nil, false, Fault{Setting: "ssh.known_hosts_file", Err: err, Advice: adviceFile}
	}
	for _, want := range unlike.Want {
		if slices.Contains(authorities, want.Line) {
			byAuthority = true
		} else {
			known = append(known, want.Key)
		}
	}
	return known, byAuthority, nil
}

// authorityLines returns the numbers of the lines that name an authority,
// which knownhosts knows but does not tell.
func authorityLines(path string) ([]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lines []int
	scanner := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; scanner.Scan(); number++ {
		if strings.HasPrefix(strings.TrimLeft(scanner.Text(), " \t"), "@cert-authority") {
			lines = append(lines, number)
		}
	}
	return lines, scanner.Err()
}

// nobody is a public key that no file holds.
type nobody struct{}

func (nobody) Type() string                        { return "nobody" }
func (nobody) Marshal() []byte                     { return nil }
func (nobody) Verify([]byte, *ssh.Signature) error { return errors.New("nobody signs nothing") }

// parseHostKeys reads public keys, one a line, with or without a host name in
// front; blank lines and comments are passed over.
func parseHostKeys(text string) ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("%q is no public key: %w", line, err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no public key")
	}
	return keys, nil
}

func algorithmsOf(keys []ssh.PublicKey) []string {
	var algorithms []string
	for _, key := range keys {
		if key.Type() == ssh.KeyAlgoRSA {
			// The bare name stands for signatures over SHA-1.
			algorithms = append(algorithms, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			continue
		}
		algorithms = append(algorithms, key.Type())
	}
	return algorithms
}

func keysOf(known []knownhosts.KnownKey) []ssh.PublicKey {
	keys := make([]ssh.PublicKey, 0, len(known))
	for _, key := range known {
		keys = append(keys, key.Key)
	}
	return keys
}

// names shows keys the way ssh does, so that they can be compared by eye.
func names(keys []ssh.PublicKey) string {
	shown := make([]string, 0, len(keys))
	for _, key := range keys {
		shown = append(shown, key.Type()+" "+ssh.FingerprintSHA256(key))
	}
	return strings.Join(shown, ", ")
}

func (s SSH) hostKeyError(failure Failure, shown ssh.PublicKey, cause error) *ConnectError {
	return &ConnectError{
		Failure: failure,
		Target:  s.target(),
		Err:     fmt.Errorf("it shows %s; %w", names([]ssh.PublicKey{shown}), cause),
	}
}

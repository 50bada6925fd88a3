package conn

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys are the host keys to accept of an SSH host.
type hostKeys struct {
	// check returns an [*Error] for an unknown key.
	check ssh.HostKeyCallback
	// algorithms are those of the known keys. A host has several keys and
	// shows the one that the client asks for: asked for another one than the
	// known, an unchanged host would look changed.
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
		return hostKeys{}, Violation{Setting: "ssh.host_key", Err: err}
	}
	check := func(_ string, _ net.Addr, shown ssh.PublicKey) error {
		for _, key := range known {
			if bytes.Equal(key.Marshal(), shown.Marshal()) {
				return nil
			}
		}
		return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("host_key is %s", fingerprints(known)))
	}
	return hostKeys{check: check, algorithms: algorithmsOf(known)}, nil
}

func (s SSH) hostKeysOfFile() (hostKeys, error) {
	file, err := knownhosts.NewDB(s.KnownHostsFile)
	if err != nil {
		return hostKeys{}, Violation{Setting: "ssh.known_hosts_file", Err: err, Advice: adviceFile}
	}
	verify := file.HostKeyCallback()
	check := func(address string, remote net.Addr, shown ssh.PublicKey) error {
		err := verify(address, remote, shown)
		var other *xknownhosts.KeyError
		var revoked *xknownhosts.RevokedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &revoked):
			return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("%s line %d says that this key is revoked", revoked.Revoked.Filename, revoked.Revoked.Line))
		case errors.As(err, &other) && len(other.Want) > 0:
			return s.hostKeyError(SSHHostKeyChanged, shown, fmt.Errorf("%s line %d has %s", other.Want[0].Filename, other.Want[0].Line, fingerprints(keysOf(other.Want))))
		case errors.As(err, &other):
			return s.hostKeyError(SSHHostKeyUnknown, shown, fmt.Errorf("%s does not know the host", s.KnownHostsFile))
		default:
			return s.hostKeyError(SSHHostKeyUnknown, shown, err)
		}
	}

	var known []ssh.PublicKey
	byAuthority := false
	for _, key := range file.HostKeys(s.address()) {
		if key.Cert {
			byAuthority = true
		} else {
			known = append(known, key.PublicKey)
		}
	}
	algorithms := algorithmsOf(known)
	for _, algorithm := range ssh.SupportedAlgorithms().HostKeys {
		// An authority of one key type signs host keys of any type. An unknown
		// host is asked for a bare key, so that the error has its fingerprint.
		certificate := strings.Contains(algorithm, "-cert-v01@")
		if (certificate && byAuthority) || (!certificate && len(known) == 0 && !byAuthority) {
			algorithms = append(algorithms, algorithm)
		}
	}
	return hostKeys{check: check, algorithms: algorithms}, nil
}

// parseHostKeys parses public keys, one a line, with or without a host name in
// front. It ignores blank lines and comments.
func parseHostKeys(text string) ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("%q is not a public key: %w", line, err)
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

func keysOf(known []xknownhosts.KnownKey) []ssh.PublicKey {
	keys := make([]ssh.PublicKey, 0, len(known))
	for _, key := range known {
		keys = append(keys, key.Key)
	}
	return keys
}

// fingerprints formats keys as ssh does.
func fingerprints(keys []ssh.PublicKey) string {
	shown := make([]string, 0, len(keys))
	for _, key := range keys {
		shown = append(shown, key.Type()+" "+ssh.FingerprintSHA256(key))
	}
	return strings.Join(shown, ", ")
}

func (s SSH) hostKeyError(failure Failure, shown ssh.PublicKey, cause error) *Error {
	return &Error{
		Failure: failure,
		Target:  s.target(),
		Err:     fmt.Errorf("it shows %s; %w", fingerprints([]ssh.PublicKey{shown}), cause),
	}
}

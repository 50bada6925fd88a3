package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/websocket"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// backends are servers other than web nodes: an echo server for the WebSocket of a
// telephony node, and an archive of recordings.
type backends struct {
	phone, archive net.Listener
}

const (
	socketPath    = "/ws/dial1"
	recordingPath = "/RECORDINGS/"
)

func startBackends(ctx context.Context, certificateFile, keyFile string) (*backends, error) {
	certificate, err := tls.LoadX509KeyPair(certificateFile, keyFile)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	phone, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	archive, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, phone.Close())
	}
	o := &backends{tls.NewListener(phone, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}), archive}
	sockets := http.NewServeMux()
	sockets.Handle("/ws", websocket.Server{
		Handshake: func(config *websocket.Config, _ *http.Request) error {
			config.Protocol = []string{"sip"}
			return nil
		},
		Handler: func(connection *websocket.Conn) { _, _ = io.Copy(connection, connection) },
	})
	files := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, "RECORDING %s\n", r.URL.Path) })
	for listener, handler := range map[net.Listener]http.Handler{o.phone: sockets, o.archive: files} {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: browserTimeout}
		go func() { _ = server.Serve(listener) }()
	}
	return o, nil
}

func (o *backends) stop() { _, _ = o.phone.Close(), o.archive.Close() }

// config returns the configuration of the backends.
func (o *backends) config() *webtier.OtherServers {
	port := 0
	if address, ok := o.phone.Addr().(*net.TCPAddr); ok {
		port = address.Port
	}
	return &webtier.OtherServers{
		Routes:     map[string]webtier.Route{recordingPath: {Servers: []string{o.archive.Addr().String()}}},
		WebSockets: map[string]webtier.WebSocket{socketPath: {Host: "127.0.0.1", Port: port, Path: "/ws", TLS: true}},
	}
}

// checkWebSocket checks that a web phone connects to a declared node by the public
// name, and that other paths refuse an upgrade.
func (s *stack) checkWebSocket(ctx context.Context) (result, error) {
	f := result{name: "WebSocket of a web phone reaches its telephony node, other paths are not upgraded"}
	dial := func(path string) (*websocket.Conn, error) {
		origin, err := url.Parse(s.url("/"))
		if err != nil {
			return nil, err
		}
		location, err := url.Parse("wss://" + strings.TrimPrefix(s.url(path), "https://"))
		if err != nil {
			return nil, err
		}
		connection, err := s.dial(ctx, agentAddress)
		if err != nil {
			return nil, err
		}
		if err := connection.SetDeadline(time.Now().Add(browserTimeout)); err != nil {
			return nil, err
		}
		return websocket.NewClient(&websocket.Config{Location: location, Origin: origin, Protocol: []string{"sip"}, Version: websocket.ProtocolVersionHybi13}, connection)
	}
	phone, err := dial(socketPath)
	if err != nil {
		f.failure = err.Error()
		return f, nil
	}
	defer func() { _ = phone.Close() }()
	for _, message := range []string{"REGISTER sip:vici.example.com SIP/2.0\r\n\r\n", strings.Repeat("x", 2000)} {
		answer := ""
		if err := errors.Join(websocket.Message.Send(phone, message), websocket.Message.Receive(phone, &answer)); err != nil || answer != message {
			f.failure = fmt.Sprintf("%d bytes came back as %d: %v", len(message), len(answer), err)
		}
	}
	for _, path := range []string{"/ws/dial2", "/ws/dial1/x", "/agc/vicidial.php"} {
		if undeclared, err := dial(path); err == nil {
			f.failure = path + " upgrades"
			_ = undeclared.Close()
		}
	}
	if status, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url(socketPath), "", nil); err != nil || status != http.StatusBadRequest {
		f.failure = fmt.Sprintf("without an upgrade it gives %d, %v", status, err)
	}
	return f, nil
}

// checkRecordings checks access to the archive of recordings.
func (s *stack) checkRecordings(ctx context.Context) (result, error) {
	f := result{name: "recordings are read-only and for managers"}
	for _, try := range []struct {
		from, method string
		refused      bool
	}{{managerAddress, http.MethodGet, false}, {agentAddress, http.MethodGet, true}, {managerAddress, http.MethodPost, true}} {
		status, body, _, err := fetch(ctx, s.browser(try.from), try.method, s.url(recordingPath+"a.mp3"), "", nil)
		if err != nil {
			return f, err
		}
		if got := status == http.StatusOK && body == "RECORDING /RECORDINGS/a.mp3\n"; got == try.refused {
			f.failure = fmt.Sprintf("%s from %s gave %d %q", try.method, try.from, status, body)
		}
	}
	return f, nil
}

// checkSoundboard checks that agents can call the one API function that the agent
// screen uses.
func (s *stack) checkSoundboard(ctx context.Context) (result, error) {
	f := result{name: "soundboard plays, other functions are refused"}
	for body, want := range map[string]int{
		"source=soundboard&stage=PLAY&dial_override=Y&function=audio_playback&user=6666&pass=x&agent_user=1000&value=ss-noservice&id=board1": 200,
		"source=soundboard&function=external_dial&user=6666&pass=x&id=board2":                                                                403,
		"function=audio_playback&user=6666&pass=x&id=board3&function=external_dial":                                                          403,
		"function=audio_playback&user=6666&pass=x&id=board4&%66unction=external_dial":                                                        403,
	} {
		if s.kind == "nginx" {
			want = http.StatusOK // it does not read bodies; VICIdial checks the user and password
		}
		status, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodPost, s.url("/agc/api.php"), "application/x-www-form-urlencoded; charset=UTF-8", strings.NewReader(body))
		if err != nil {
			return f, err
		}
		if status != want {
			f.failure = fmt.Sprintf("%s gave %d", body, status)
		}
	}
	return f, nil
}

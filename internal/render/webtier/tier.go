package webtier

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Tier is a web tier, the input of the proxies' configurations.
type Tier struct {
	// Name identifies the tier; lower case, in the first line of the text.
	Name string
	// Hostname is the public DNS name, without a port.
	Hostname string
	// Nodes are the web nodes by name.
	Nodes map[string]Node
	// NodeTLS is nil where the proxy speaks plain HTTP to the nodes.
	NodeTLS *NodeTLS
	// OtherServers is nil where all requests are for the web nodes.
	OtherServers *OtherServers
	// Target is the version of the proxy that will read the text.
	Target Version
	// TLS is nil for plain HTTP.
	TLS *TLS
	// Listen is the address and ports of the proxy.
	Listen Listen
	// AdminDirectory is system_settings.admin_web_directory.
	AdminDirectory string
	Access         Access
	Health         Health
	// AudioStore is nil if audio is not managed through the proxy.
	AudioStore *AudioStore
	// SharedUploads is true if all nodes have the same /tmp for lead files, so that
	// the steps of an upload may go to different nodes.
	SharedUploads bool
	Timeouts      Timeouts
	// MaxBodyMB is the maximum size of a request's body in megabytes.
	MaxBodyMB int
	// LoginsPerMinute is the limit of login attempts of one address; 0 means no
	// limit. An agent makes two: one for the phone, one for the user.
	LoginsPerMinute int
	// AdminErrorsPerMinute is the limit of 4xx responses of the admin pages to one
	// address; 0 means no limit. HAProxy only.
	AdminErrorsPerMinute int
	// ExtraPaths are served besides VICIdial's own: "/dir/" with all below, or one page.
	ExtraPaths []string
	// Retry selects the requests that may be sent to a second node.
	Retry Retry
	// GetRetry selects when nginx may send an agent's GET to a second node. nginx
	// only.
	GetRetry GetRetry
	// Balance picks the next node for agents' requests. HAProxy only.
	Balance Balance
	// Stats is nil when no figures are served.
	Stats   *Stats
	Process Process
	// VRRP is nil for a single proxy.
	VRRP *VRRP
	// ProxyAddresses are those from which the proxies reach the nodes, for
	// [Tier.ApacheSnippet].
	ProxyAddresses []string
	// DNSServers resolve nodes given by name while the proxy runs.
	DNSServers []string
}

// Node is one web server.
type Node struct {
	// Address is an IP address or a host name.
	Address string
	Port    int
	// Weight is its share of the requests, 1 to 256.
	Weight int
	// MaxConnections is the number of its Apache workers, which the classes of
	// traffic share (see [Class.Limit]).
	MaxConnections int
	State          State
}

// State is the state of a node.
type State string

// The states of a node.
const (
	Active      State = "active"
	Backup      State = "backup"      // only when no active node is left
	Drain       State = "drain"       // finishes its requests, gets no new clients
	Maintenance State = "maintenance" // gets no requests
)

// States are all states, for a validator.
var States = []string{string(Active), string(Backup), string(Drain), string(Maintenance)}

// TLS ends at the proxy.
type TLS struct {
	// CertificateFile holds the chain; for HAProxy the key as well.
	CertificateFile string
	// KeyFile holds the key. nginx only.
	KeyFile string
	// MinVersion is "1.2" or "1.3".
	MinVersion string
	HTTP2      bool
	// HSTSMaxAge is in seconds; 0 sends no header.
	HSTSMaxAge int
	// RedirectHTTP answers plain HTTP with a redirect that keeps the method.
	RedirectHTTP bool
	// ACMEResponder is host:port of the server for certificate challenges, or
	// empty.
	ACMEResponder string
}

// NodeTLS is TLS between the proxy and the nodes.
type NodeTLS struct {
	Verify bool   // whether a node's certificate must be valid
	CAFile string // its issuers; required with Verify
	SNI    string // the name in the TLS handshake and in the certificates; empty is the tier's host name
}

// Name returns the name in the TLS handshake.
func (n NodeTLS) Name(hostname string) string { return cmp.Or(n.SNI, hostname) }

// OtherServers are servers that are not web nodes.
type OtherServers struct {
	// Routes are URL directories of other web servers: "/RECORDINGS/".
	Routes map[string]Route
	// WebSockets are paths of the WebSockets of telephony nodes.
	WebSockets map[string]WebSocket
}

// Routes are the routes by their directories.
func (t Tier) Routes() map[string]Route {
	if t.OtherServers == nil {
		return nil
	}
	return t.OtherServers.Routes
}

// WebSockets are the web phones' sockets by their paths.
func (t Tier) WebSockets() map[string]WebSocket {
	if t.OtherServers == nil {
		return nil
	}
	return t.OtherServers.WebSockets
}

// Route is a URL directory that other web servers serve. It takes GET and HEAD only.
type Route struct {
	Servers  []string // IP address or host name, with ":port" where that is not 80
	Everyone bool     // whether clients other than managers have access
}

// WebSocket is a telephony node's socket for web phones.
type WebSocket struct {
	Host string // IP address or host name
	Port int
	Path string // "/ws"
	TLS  bool   // wss, whose certificate is not checked
}

// Listen is the address and ports of the proxy.
type Listen struct {
	Address   string // an IP address; empty for all of IPv4, "::" for all of both
	HTTPPort  int
	HTTPSPort int
	// ProxyProtocol is true if the trusted proxies use the PROXY protocol.
	ProxyProtocol bool
}

// Addresses returns the addresses to bind. All IPv4 and all IPv6 addresses are two,
// since a socket for both would report IPv4-mapped IPv6 addresses, which VICIdial's
// lists of addresses do not match.
func (l Listen) Addresses() []string {
	if l.Address == "::" {
		return []string{"", "::"}
	}
	return []string{l.Address}
}

// shared reports whether VRRP moves the address. A proxy must be able to bind it
// while the other one has it.
func (t Tier) shared(address string) bool {
	if t.VRRP == nil {
		return false
	}
	host, _, _ := strings.Cut(t.VRRP.Address, "/")
	one, err1 := netip.ParseAddr(host)
	other, err2 := netip.ParseAddr(address)
	return err1 == nil && err2 == nil && one == other
}

// SharesListenAddress reports whether VRRP moves the listen address.
func (t Tier) SharesListenAddress() bool { return t.shared(t.Listen.Address) }

// SharesStatsAddress reports whether VRRP moves the address of the statistics.
func (t Tier) SharesStatsAddress() bool {
	if t.Stats == nil {
		return false
	}
	host, _, _ := net.SplitHostPort(t.Stats.Bind)
	return t.shared(host)
}

// anywhere reports whether an address means all addresses.
func (l Listen) anywhere() bool {
	address, err := netip.ParseAddr(l.Address)
	return err != nil || address.IsUnspecified()
}

// Access has the clients with access, as CIDR ranges or addresses.
type Access struct {
	Admin          []string // managers; empty is everyone
	API            []string // programs that call the APIs, besides managers and the cluster
	Cluster        []string // telephony nodes: they fetch audio and call the API
	Trusted        []string // not counted by the login limit: offices behind one address
	TrustedProxies []string // in front of this proxy; their X-Forwarded-For is trusted
}

// Health is the health check of nodes.
type Health struct {
	// Path returns 200 without a login and without writes; empty means welcome.php
	// of the admin directory.
	Path string
	// BodyRegex must match the body: a node without its database answers 200.
	BodyRegex    string
	Interval     time.Duration // between checks of a node that is up
	FastInterval time.Duration // between checks of a node that is changing
	Timeout      time.Duration // of one check
	Rise, Fall   int           // successful checks that return a node, failed ones that remove it
	// AllowSlowDetection permits checks that find a node that hangs later than agents'
	// requests wait.
	AllowSlowDetection bool
	// MaxFails failures within FailTimeout remove a node for FailTimeout. nginx
	// only.
	MaxFails    int
	FailTimeout time.Duration
}

// AudioStore is the node whose web root has the audio files.
type AudioStore struct {
	Node string // a key of Nodes
	// Host is system_settings.sounds_web_server, the name that audio_store.php
	// requires.
	Host string
	// Directory is system_settings.sounds_web_directory.
	Directory string
}

// Timeouts are the timeouts of the proxy.
type Timeouts struct {
	Connect time.Duration // for a node's TCP handshake
	Poll    time.Duration // for the answer to an agent's poll
	Agent   time.Duration // for any other answer to an agent
	Admin   time.Duration // for reports and uploads
	Queue   time.Duration // for a free slot. HAProxy only
}

// Retry selects the requests that may be sent to a second node.
type Retry string

// The rules for a second try.
const (
	// RetrySafe repeats polls and static files; all else only while no node has seen it.
	RetrySafe Retry = "safe"
	// RetryConnect repeats a request only while no node has seen it.
	RetryConnect Retry = "connect"
	// RetryNone never repeats anything.
	RetryNone Retry = "none"
)

// Retries are all rules, for a validator.
var Retries = []string{string(RetrySafe), string(RetryConnect), string(RetryNone)}

// GetRetry selects when nginx may send an agent's GET to a second node.
type GetRetry string

// The rules for GET.
const (
	// GetRetryConnect repeats a GET only while no node has seen it.
	GetRetryConnect GetRetry = "connect"
	// GetRetryStock is nginx's default: a GET is repeated even after a node has
	// executed it.
	GetRetryStock GetRetry = "stock"
	// GetRetryOff never repeats a GET.
	GetRetryOff GetRetry = "off"
)

// GetRetries are all rules for GET, for a validator.
var GetRetries = []string{string(GetRetryConnect), string(GetRetryStock), string(GetRetryOff)}

// Balance is the algorithm that selects a node.
type Balance string

// The algorithms.
const (
	RoundRobin Balance = "roundrobin"
	LeastConn  Balance = "leastconn"
)

// Balances are all algorithms, for a validator.
var Balances = []string{string(RoundRobin), string(LeastConn)}

// Stats is the statistics page of the proxy.
type Stats struct {
	Bind       string   // IP:port
	Prometheus bool     // HAProxy only
	Sources    []string // clients besides this host; the text has no password
}

// Process has settings of the proxy's process. Empty fields have the proxy's
// default.
type Process struct {
	User, Group   string
	Log           string // HAProxy: /dev/log, stdout or IP:port; nginx: the access log's path
	ErrorLog      string // nginx only
	Chroot        string // HAProxy only
	ControlSocket string // HAProxy only
	PIDFile       string // nginx only
	MimeTypes     string // nginx only
	TempDirectory string // nginx only
}

// Distribution is the Linux distribution of the proxy's machine, whose package
// determines the process settings.
type Distribution string

// The distributions: VICIdial's own systems are openSUSE (ViciBox) and AlmaLinux.
const (
	Debian Distribution = "debian"
	SUSE   Distribution = "suse"
	Alma   Distribution = "alma"
)

// Distributions are all of them, for a validator.
var Distributions = []string{string(Debian), string(SUSE), string(Alma)}

// VRRP moves one address between two proxies.
type VRRP struct {
	Address   string // IP or CIDR
	Interface string
	RouterID  int      // 1 to 255
	Peers     []string // IP addresses of the other proxies
}

// Defaults returns a tier with every default and nothing that has none: no
// name, no nodes, no TLS. Target and Process differ by proxy and are left empty.
func Defaults() Tier {
	return Tier{
		Listen:         Listen{HTTPPort: 80, HTTPSPort: 443},
		AdminDirectory: "vicidial",
		Health: Health{
			// The file name in this link comes out of system_settings, so it
			// shows that the database answered (www/vicidial/welcome.php).
			BodyRegex: `href=.\.\./agc/[A-Za-z0-9_.-]+\.php`,
			Interval:  800 * time.Millisecond, FastInterval: 100 * time.Millisecond, Timeout: 750 * time.Millisecond,
			Rise: 3, Fall: 2, MaxFails: 2, FailTimeout: 5 * time.Second,
		},
		Timeouts: Timeouts{
			Connect: time.Second, Poll: 20 * time.Second, Agent: time.Minute,
			Admin: 6 * time.Minute, Queue: 5 * time.Second,
		},
		MaxBodyMB: 64, LoginsPerMinute: 120, AdminErrorsPerMinute: 30,
		Retry: RetrySafe, GetRetry: GetRetryConnect, Balance: RoundRobin,
		Stats: &Stats{Bind: "127.0.0.1:8404", Prometheus: true},
	}
}

// DefaultNode is a node of which only the address is known.
func DefaultNode(address string) Node {
	return Node{Address: address, Port: 80, Weight: 100, MaxConnections: 200, State: Active}
}

// DefaultTLS is TLS of which only the files are known.
func DefaultTLS(certificate, key string) *TLS {
	return &TLS{
		CertificateFile: certificate, KeyFile: key, MinVersion: "1.2", HTTP2: true,
		HSTSMaxAge: 31536000, RedirectHTTP: true,
	}
}

// ResolvesNames reports whether nginx resolves nodes' names again while it runs, and so
// starts even if that fails.
func (t Tier) ResolvesNames() bool { return len(t.DNSServers) > 0 && t.Target.AtLeast(1, 27, 3) }

// NodeNames returns the nodes' names in the order in which they are written.
func (t Tier) NodeNames() []string { return slices.Sorted(maps.Keys(t.Nodes)) }

// HealthPath returns the page of health checks.
func (t Tier) HealthPath() string {
	if t.Health.Path != "" {
		return t.Health.Path
	}
	return "/" + t.AdminDirectory + "/welcome.php"
}

package sandbox

// TLSFiles are paths of PEM files.
type TLSFiles struct {
	CA         string // signed the two below
	ServerCert string // for localhost and 127.0.0.1
	ServerKey  string
	ClientCert string
	ClientKey  string
	ForeignCA  string // signed nothing here
}

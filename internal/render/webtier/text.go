package webtier

import (
	"strconv"
	"time"
)

// Ciphers are those of TLS 1.2 with forward secrecy and authenticated encryption.
const Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" +
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

// Duration formats a time in seconds if it is whole, else in milliseconds.
func Duration(length time.Duration) string {
	if length%time.Second == 0 {
		return strconv.FormatInt(int64(length/time.Second), 10) + "s"
	}
	return strconv.FormatInt(length.Milliseconds(), 10) + "ms"
}

// PortSuffix returns the port of the tier's URLs with a colon, or "" for 443.
func (t Tier) PortSuffix() string {
	if t.Listen.HTTPSPort == 443 {
		return ""
	}
	return ":" + strconv.Itoa(t.Listen.HTTPSPort)
}

// WithCertificates returns the tier with other files of certificates and keys.
func (t Tier) WithCertificates(certificate, key string) Tier {
	if t.TLS != nil {
		tls := *t.TLS
		tls.CertificateFile, tls.KeyFile = certificate, key
		t.TLS = &tls
	}
	if t.NodeTLS != nil && t.NodeTLS.CAFile != "" {
		nodeTLS := *t.NodeTLS
		nodeTLS.CAFile = certificate
		t.NodeTLS = &nodeTLS
	}
	return t
}

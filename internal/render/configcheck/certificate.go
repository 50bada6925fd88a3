package configcheck

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"time"
)

// Once a process, since the pair is not a secret.
var made = sync.OnceValues(func() (blocks [2][]byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return blocks, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "check"}, DNSNames: []string{"check.invalid"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return blocks, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return blocks, err
	}
	blocks[0] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	blocks[1] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return blocks, nil
})

// pair returns a temporary certificate and its key.
func pair() (certificate, key []byte, err error) {
	blocks, err := made()
	return append([]byte(nil), blocks[0]...), append([]byte(nil), blocks[1]...), err
}

package sandbox

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"
)

// The little of the MySQL protocol that the proxy understands: where packets
// begin and end, which of them are commands, and which number the server gives
// a prepared statement.

const (
	headerLength     = 4
	longestPayload   = 1<<24 - 1 // a packet as long as this goes on in the next
	capabilitySSL    = 0x0800
	capabilityPacked = 0x0020
	protocolVersion  = 10
)

// command is the first byte of what a client asks.
type command byte

const (
	commandQuery       command = 0x03
	commandPrepare     command = 0x16
	commandExecute     command = 0x17
	commandLongData    command = 0x18
	commandClose       command = 0x19
	commandReset       command = 0x1a
	commandFetch       command = 0x1c
	commandBulkExecute command = 0xfa // MariaDB's own
)

// concernsStatements says whether a command is counted: queries and everything
// about prepared statements, but no ping and no quit.
func (c command) concernsStatements() bool {
	switch c {
	case commandQuery, commandPrepare, commandExecute, commandLongData, commandClose, commandReset, commandFetch, commandBulkExecute:
		return true
	}
	return false
}

// packet is one packet as it came: a header of three bytes length and one byte
// sequence number, then the payload.
type packet []byte

func (p packet) payload() []byte { return p[headerLength:] }
func (p packet) sequence() byte  { return p[3] }

// readPacket reads the next packet, into the given space where it is enough.
func readPacket(from *bufio.Reader, space packet) (packet, error) {
	header, err := from.Peek(headerLength)
	if err != nil {
		return nil, err
	}
	length := headerLength + int(header[0]) + int(header[1])<<8 + int(header[2])<<16
	if cap(space) < length {
		space = make(packet, length)
	}
	space = space[:length]
	_, err = io.ReadFull(from, space)
	return space, err
}

// plainGreeting takes TLS and compression out of what the server offers, since
// the proxy could not read on.
func plainGreeting(p packet) {
	payload := p.payload()
	if len(payload) == 0 || payload[0] != protocolVersion {
		return // an error: the server lets nobody in
	}
	_, rest, found := strings.Cut(string(payload[1:]), "\x00") // behind the version's name
	at := len(payload) - len(rest) + 4 + 8 + 1                 // behind the thread's number, scramble and filler
	if !found || len(payload) < at+2 {
		return
	}
	flags := binary.LittleEndian.Uint16(payload[at:])
	binary.LittleEndian.PutUint16(payload[at:], flags&^uint16(capabilitySSL|capabilityPacked))
}

// statementNumber reads the number of a prepared statement: behind the first
// byte both of the server's answer to preparing it and of later commands.
func statementNumber(payload []byte) (uint32, bool) {
	if len(payload) < 5 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(payload[1:]), true
}

// isWrite says whether a statement changes rows.
func isWrite(statement string) bool {
	verb, _, _ := strings.Cut(withoutLeadingComments(statement), " ")
	verb, _, _ = strings.Cut(verb, "\n")
	switch strings.ToUpper(strings.TrimSpace(verb)) {
	case "INSERT", "UPDATE", "DELETE", "REPLACE":
		return true
	}
	return false
}

func withoutLeadingComments(statement string) string {
	for {
		statement = strings.TrimLeft(statement, " \t\r\n(")
		var end string
		switch {
		case strings.HasPrefix(statement, "/*"):
			end = "*/"
		case strings.HasPrefix(statement, "-- "), strings.HasPrefix(statement, "#"):
			end = "\n"
		default:
			return statement
		}
		_, rest, found := strings.Cut(statement, end)
		if !found {
			return ""
		}
		statement = rest
	}
}

package sandbox

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"
)

// The part of the MySQL protocol that the proxy needs: the limits of packets, the
// commands, and the numbers of prepared statements.

const (
	headerLength     = 4
	longestPayload   = 1<<24 - 1 // a packet of this length continues in the next one
	capabilitySSL    = 0x0800
	capabilityPacked = 0x0020
	protocolVersion  = 10
)

// command is the first byte of a command.
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

// concernsStatements reports whether a command is counted: queries and all commands
// of prepared statements, but not ping and quit.
func (c command) concernsStatements() bool {
	switch c {
	case commandQuery, commandPrepare, commandExecute, commandLongData, commandClose, commandReset, commandFetch, commandBulkExecute:
		return true
	}
	return false
}

// packet is one packet: three bytes of length, one byte of sequence number, and the
// payload.
type packet []byte

func (p packet) payload() []byte { return p[headerLength:] }
func (p packet) sequence() byte  { return p[3] }

// readPacket reads the next packet, into space if it is large enough.
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

// disableTLS removes TLS and compression from the greeting of the server, since the
// proxy could not read them.
func disableTLS(p packet) {
	payload := p.payload()
	if len(payload) == 0 || payload[0] != protocolVersion {
		return // an error: the server refuses the connection
	}
	_, rest, found := strings.Cut(string(payload[1:]), "\x00") // behind the version's name
	at := len(payload) - len(rest) + 4 + 8 + 1                 // behind the thread's number, scramble and filler
	if !found || len(payload) < at+2 {
		return
	}
	flags := binary.LittleEndian.Uint16(payload[at:])
	binary.LittleEndian.PutUint16(payload[at:], flags&^uint16(capabilitySSL|capabilityPacked))
}

// statementNumber returns the number of a prepared statement, which follows the
// first byte of the server's response and of later commands.
func statementNumber(payload []byte) (uint32, bool) {
	if len(payload) < 5 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(payload[1:]), true
}

// isWrite reports whether a statement changes rows.
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

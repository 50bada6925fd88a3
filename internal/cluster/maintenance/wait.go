package maintenance

import (
	"fmt"
	"time"
)

// The limits of a wait. An agent may stay logged in for a whole shift. More than
// one query per second is more than VICIdial's daemons send.
const (
	maxWait     = 24 * time.Hour
	minInterval = time.Second
	maxInterval = 5 * time.Minute
)

// ParseWait parses a timeout such as "30m" or "1h30m". "0s" does not wait.
func ParseWait(text string) (time.Duration, error) { return parseTime(text, 0, maxWait) }

// ParseInterval parses the interval between two queries, such as "5s" or "1m".
func ParseInterval(text string) (time.Duration, error) {
	return parseTime(text, minInterval, maxInterval)
}

func parseTime(text string, least, most time.Duration) (time.Duration, error) {
	length, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration; write a number and its unit, such as 30s or 5m", text)
	}
	if length < least || length > most {
		return 0, fmt.Errorf("%s is out of range: give %s to %s", text, formatDuration(least), formatDuration(most))
	}
	return length, nil
}

// formatDuration formats whole minutes and hours without trailing zero units.
func formatDuration(length time.Duration) string {
	switch {
	case length == 0:
		return "0s"
	case length%time.Hour == 0:
		return fmt.Sprintf("%dh", length/time.Hour)
	case length%time.Minute == 0:
		return fmt.Sprintf("%dm", length/time.Minute)
	}
	return length.String()
}

package maintenance

import (
	"fmt"
	"time"
)

// The bounds of a wait. Agents may sit until their shift ends; whoever looks
// more often than once a second asks the database more than its daemons do.
const (
	MaxWait     = 24 * time.Hour
	MinInterval = time.Second
	MaxInterval = 5 * time.Minute
)

// ParseWait reads how long to wait: "30m", "1h30m", or "0s" for not at all.
func ParseWait(text string) (time.Duration, error) { return parseTime(text, 0, MaxWait) }

// ParseInterval reads how long to pause between two looks: "5s", "1m".
func ParseInterval(text string) (time.Duration, error) {
	return parseTime(text, MinInterval, MaxInterval)
}

func parseTime(text string, least, most time.Duration) (time.Duration, error) {
	length, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no length of time; write a number and its unit, such as 30s or 5m", text)
	}
	if length < least || length > most {
		return 0, fmt.Errorf("%s is out of range: give %s to %s", text, short(least), short(most))
	}
	return length, nil
}

// short writes whole minutes and hours without the zeros behind them.
func short(length time.Duration) string {
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

package store

import "sync"

// sideBySide runs independent reads concurrently, each over its own connection as far as
// there are any. Of several errors it returns that of the first in the list.
func sideBySide(reads ...func() error) error {
	errs := make([]error, len(reads))
	var all sync.WaitGroup
	for i, read := range reads {
		all.Go(func() { errs[i] = read() })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

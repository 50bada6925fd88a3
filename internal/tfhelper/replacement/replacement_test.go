package replacement

import "testing"

func TestNewToken_isLater(t *testing.T) {
	t.Parallel()
	if first, second := newToken(), newToken(); first >= second {
		t.Errorf("%q is not before %q", first, second)
	}
}

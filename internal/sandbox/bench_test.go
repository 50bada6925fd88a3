package sandbox

import "testing"

func BenchmarkNewDatabase(b *testing.B) {
	s := Shared(b)
	for b.Loop() {
		d, err := s.NewDatabase(b.Context(), 1720)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.drop(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := Start(b.Context(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Stop(); err != nil {
			b.Fatal(err)
		}
	}
}

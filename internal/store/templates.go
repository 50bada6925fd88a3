package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Templates returns all rows of vicidial_conf_templates.
func (s *Store) Templates(ctx context.Context) (cluster.Templates, error) {
	return s.templates.get(ctx)
}

// TemplateUse returns the phones and carriers that use a template. The phones are read at
// each call.
func (s *Store) TemplateUse(ctx context.Context, id string) (cluster.TemplateUse, error) {
	carriers, err := s.Carriers(ctx)
	if err != nil {
		return cluster.TemplateUse{}, err
	}
	use := cluster.TemplateUse{Carriers: carriers.Using(id)}
	phones, err := s.readPhones(ctx, nil, "template_id = ?", id)
	for _, phone := range phones.phones {
		use.Phones = append(use.Phones, cluster.TemplatePhone{Extension: phone.Extension, ServerIP: phone.ServerIP})
	}
	return use, err
}

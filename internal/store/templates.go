package store

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// Templates returns all rows of vicidial_conf_templates.
func (s *Store) Templates(ctx context.Context) (cluster.Templates, error) {
	return s.templates.get(ctx)
}

// TemplateUse returns the phones and carriers that use a template.
func (s *Store) TemplateUse(ctx context.Context, id string) (cluster.TemplateUse, error) {
	carriers, err := s.Carriers(ctx)
	if err != nil {
		return cluster.TemplateUse{}, err
	}
	phones, err := s.templatePhones.get(ctx)
	return cluster.TemplateUse{Carriers: carriers.Using(id), Phones: phones[cluster.FoldKey(id)]}, err
}

// readTemplatePhones reads the phones that use a template, by its folded id.
func (s *Store) readTemplatePhones(ctx context.Context) (map[string][]cluster.TemplatePhone, error) {
	read, err := s.readPhones(ctx, []string{"template_id"}, "template_id <> ''")
	phones := map[string][]cluster.TemplatePhone{}
	for _, phone := range read.phones {
		id := cluster.FoldKey(phone.Values[0].Text)
		phones[id] = append(phones[id], cluster.TemplatePhone{Extension: phone.Extension, ServerIP: phone.ServerIP})
	}
	return phones, err
}

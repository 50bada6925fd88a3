variable "site" {
  description = "The site, as the module takes it."
  type        = any # the module has the type
}

variable "connection" {
  description = "Where the site's database is."
  type = object({
    host     = string
    port     = optional(number, 3306)
    database = optional(string, "asterisk")
    username = optional(string, "terraform")
  })
}

variable "passwords" {
  description = "Passwords of the database users, by site: TF_VAR_passwords."
  type        = map(string)
  sensitive   = true
}

variable "secrets" {
  description = "Passwords that are written into the databases, by site, as the module takes them: TF_VAR_secrets."
  sensitive   = true
  ephemeral   = true
  type = map(object({
    conf_secret           = string
    manager_secret        = string
    phone_password        = optional(string)
    registration_password = optional(string)
    seats                 = optional(map(map(string)), {})
    carriers              = optional(map(map(string)), {})
    templates             = optional(map(map(string)), {})
  }))
}

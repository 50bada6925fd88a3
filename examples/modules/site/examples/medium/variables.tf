variable "secrets" {
  description = "Passwords of the site; see secrets of the module."
  sensitive   = true
  ephemeral   = true
  type = object({
    conf_secret           = string
    manager_secret        = string
    phone_password        = string
    registration_password = string
    carriers              = map(map(string))
  })
}

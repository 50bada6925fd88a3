variable "phone_password" {
  type      = string
  ephemeral = true
}

variable "carrier_password" {
  type      = string
  ephemeral = true
}

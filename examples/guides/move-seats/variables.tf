# The value comes from the environment: TF_VAR_phone_password.
variable "phone_password" {
  type      = string
  ephemeral = true
}

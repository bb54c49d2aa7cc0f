output "subnet_cidrs" {
  description = "Ranges of the subnets."
  value       = local.subnet_cidrs
}

output "problems" {
  description = "What is wrong, a sentence each."
  value = concat(
    [for cidr in local.unreadable : "'${cidr}' is no IPv4 range such as 10.40.0.0/20"],
    [for pair in local.overlapping : "${pair.one} and ${pair.other} overlap"],
    [for cidr in local.outside : "the subnet ${cidr} is outside ${var.cidr}"],
  )
}

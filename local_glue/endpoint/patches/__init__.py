"""Corrects moto where it behaves differently from AWS, or is slow."""


def install() -> None:
    """Installs what concerns the whole process. Can be repeated."""
    from local_glue.endpoint.patches import (
        bucket_policies,
        crawls,
        listings,
        member_names,
        plain_values,
        tag_filters,
        version_listings,
    )

    for patch in (bucket_policies, crawls, listings, member_names, plain_values, tag_filters, version_listings):
        patch.install()

"""What the judge asks moto about resources: their ARNs and keys, roles and their policies."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resources:
    """The resources of one account and region in this process's moto."""

    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def key(self, key_id: str) -> str:
        """The ARN of a KMS key, given by ARN or id."""
        return key_id if key_id.startswith("arn:") else self.arn("kms", f"key/{key_id}")

    def secret(self, secret_id: str) -> tuple[str, str | None]:
        """ARN of a secret, given by ARN or name, and the ARN of the account's own key that encrypts it."""
        from moto.secretsmanager.models import secretsmanager_backends

        for secret in secretsmanager_backends[self.account][self.region].secrets.values():
            if secret_id in (secret.arn, secret.name):
                return secret.arn, self._own_key(secret.kms_key_id)
        return secret_id if secret_id.startswith("arn:") else self.arn("secretsmanager", f"secret:{secret_id}"), None

    def bucket_key(self, bucket: str) -> str | None:
        """The account's own key that encrypts what is put into a bucket."""
        found = self._buckets().get(bucket)
        rules = ((found.encryption or {}).get("Rule") if found else None) or {}
        rule = rules[0] if isinstance(rules, list) else rules
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        return self._own_key(default.get("KMSMasterKeyID")) if "kms" in str(default.get("SSEAlgorithm")) else None

    def has_object(self, bucket: str, key: str) -> bool:
        """Whether an object is there, so that S3 need not hide that it is not."""
        found = self._buckets().get(bucket)
        item = found.keys.get(key) if found else None
        return found is None or (item is not None and type(item).__name__ == "FakeKey")

    def object_has_tags(self, bucket: str, key: str) -> bool:
        """Whether a copy of the object takes tags along."""
        from moto.s3.models import s3_backends

        found = self._buckets().get(bucket)
        item = found.keys.get(key) if found else None
        return bool(item is not None and s3_backends[self.account]["aws"].tagger.get_tag_dict_for_resource(item.arn))

    def role_trust(self, role: str) -> str | None:
        """The document that says who may take a role on; None if IAM does not have the role."""
        found = self._role(role)
        return found.assume_role_policy_document if found else None

    def role_policies(self, role: str) -> list[str]:
        """The documents of a role's policies."""
        found = self._role(role)
        if found is None:
            return []
        attached = [version for policy in found.managed_policies.values() for version in policy.versions]
        return [*found.policies.values(), *(version.document for version in attached if version.is_default)]

    def security_configuration(self, name: str | None) -> dict[str, Any]:
        """The EncryptionConfiguration of a Glue security configuration; empty if there is none."""
        from moto.glue.models import glue_backends

        found = glue_backends[self.account][self.region].security_configurations.get(name or "")
        return found.configuration if found else {}

    def _role(self, name: str) -> Any:
        from moto.iam.models import iam_backends

        return next((role for role in iam_backends[self.account]["aws"].roles.values() if role.name == name), None)

    def _buckets(self) -> dict[str, Any]:
        from moto.s3.models import s3_backends

        return s3_backends[self.account]["aws"].buckets

    def _own_key(self, key_id: str | None) -> str | None:
        # A service's own key, alias/aws/…, lets whoever may use the service use it, too.
        return self.key(key_id) if key_id and "alias/aws/" not in key_id else None

//! Settings of a well-kept Windows machine, and how a single one is changed.
//!
//! The values follow the baselines the checks follow; every place the fact dictionary knows is written.

use Value::{Number, Text};

/// Value of a registry setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// `REG_DWORD`.
    Number(u32),
    /// `REG_SZ`.
    Text(&'static str),
}

/// A registry setting under `HKEY_LOCAL_MACHINE`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registry {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) value: Value,
}

impl Registry {
    /// Whether an administrative template sets it (registry.pol), rather than a security option (GptTmpl.inf).
    pub(crate) fn is_template(&self) -> bool {
        self.key.starts_with(r"SOFTWARE\Policies")
            || self.key.ends_with(r"\Policies\LAPS")
            || self.key.ends_with(r"\Policies\Explorer")
            || self.key.starts_with(r"SYSTEM\CurrentControlSet\Services\MrxSmb10")
            || self.key.starts_with(r"SYSTEM\CurrentControlSet\Policies")
    }
}

/// All settings of one machine or group policy.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// `[System Access]`.
    pub(crate) access: Vec<(&'static str, &'static str)>,
    /// Registry.
    pub(crate) registry: Vec<Registry>,
    /// `[Privilege Rights]`.
    pub(crate) rights: Vec<(&'static str, &'static str)>,
}

impl Settings {
    /// The good values.
    pub(crate) fn good() -> Self {
        Self { access: ACCESS.to_vec(), registry: REGISTRY.to_vec(), rights: RIGHTS.to_vec() }
    }

    /// The same with one value of `[System Access]` changed.
    pub(crate) fn with_access(mut self, name: &str, value: &'static str) -> Self {
        self.access.iter_mut().filter(|entry| entry.0 == name).for_each(|entry| entry.1 = value);
        self
    }

    /// The same without one value of `[System Access]`.
    pub(crate) fn without_access(mut self, name: &str) -> Self {
        self.access.retain(|entry| entry.0 != name);
        self
    }

    /// The same with every registry value of this name changed.
    pub(crate) fn with_registry(mut self, name: &str, value: Value) -> Self {
        self.registry.iter_mut().filter(|entry| entry.name == name).for_each(|entry| entry.value = value);
        self
    }
}

const ACCESS: &[(&str, &str)] = &[
    ("MinimumPasswordAge", "1"),
    ("MaximumPasswordAge", "365"),
    ("MinimumPasswordLength", "14"),
    ("PasswordComplexity", "1"),
    ("PasswordHistorySize", "24"),
    ("LockoutBadCount", "10"),
    ("ResetLockoutCount", "15"),
    ("LockoutDuration", "15"),
    ("AllowAdministratorLockout", "1"),
    ("RequireLogonToChangePassword", "0"),
    ("ForceLogoffWhenHourExpire", "1"),
    ("NewAdministratorName", "\"kanri-yobi\""),
    ("NewGuestName", "\"guest-fuyo\""),
    ("ClearTextPassword", "0"),
    ("LSAAnonymousNameLookup", "0"),
    ("EnableAdminAccount", "0"),
    ("EnableGuestAccount", "0"),
];

const RIGHTS: &[(&str, &str)] = &[
    ("SeNetworkLogonRight", "*S-1-5-11,*S-1-5-32-544"),
    ("SeDebugPrivilege", "*S-1-5-32-544"),
    ("SeRemoteInteractiveLogonRight", "*S-1-5-32-544"),
    ("SeDenyNetworkLogonRight", "*S-1-5-113,*S-1-5-32-546"),
    ("SeDenyRemoteInteractiveLogonRight", "*S-1-5-113,*S-1-5-32-546"),
    ("SeBackupPrivilege", "*S-1-5-32-544"),
    ("SeTakeOwnershipPrivilege", "*S-1-5-32-544"),
    ("SeLoadDriverPrivilege", "*S-1-5-32-544"),
    ("SeTcbPrivilege", ""),
];

/// Audit subcategories, all recording success and failure.
pub(crate) const AUDIT: &[(&str, &str)] = &[
    ("Credential Validation", "{0CCE923F-69AE-11D9-BED3-505054503030}"),
    ("Account Lockout", "{0CCE9217-69AE-11D9-BED3-505054503030}"),
    ("Logon", "{0CCE9215-69AE-11D9-BED3-505054503030}"),
    ("Special Logon", "{0CCE921B-69AE-11D9-BED3-505054503030}"),
    ("Group Membership", "{0CCE9249-69AE-11D9-BED3-505054503030}"),
    ("Process Creation", "{0CCE922B-69AE-11D9-BED3-505054503030}"),
    ("Security Group Management", "{0CCE9237-69AE-11D9-BED3-505054503030}"),
    ("User Account Management", "{0CCE9235-69AE-11D9-BED3-505054503030}"),
    ("Audit Policy Change", "{0CCE922F-69AE-11D9-BED3-505054503030}"),
    ("Removable Storage", "{0CCE9245-69AE-11D9-BED3-505054503030}"),
    ("Plug And Play", "{0CCE9248-69AE-11D9-BED3-505054503030}"),
    ("Sensitive Privilege Use", "{0CCE9228-69AE-11D9-BED3-505054503030}"),
    ("System Integrity", "{0CCE9212-69AE-11D9-BED3-505054503030}"),
];

const fn registry(key: &'static str, name: &'static str, value: Value) -> Registry {
    Registry { key, name, value }
}

const REGISTRY: &[Registry] = &[
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "LimitBlankPasswordUse", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "LmCompatibilityLevel", Number(5)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "NoLMHash", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "RestrictAnonymous", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "RestrictAnonymousSAM", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa", "RunAsPPL", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest", "UseLogonCredential", Number(0)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS", "BackupDirectory", Number(2)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS", "PasswordLength", Number(15)),
    registry(r"SOFTWARE\Policies\Microsoft Services\AdmPwd", "AdmPwdEnabled", Number(0)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "LocalAccountTokenFilterPolicy", Number(0)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "EnableLUA", Number(1)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "FilterAdministratorToken", Number(1)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "InactivityTimeoutSecs", Number(600)),
    registry(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Audit",
        "ProcessCreationIncludeCmdLine_Enabled",
        Number(1),
    ),
    registry(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters",
        "AllowEncryptionOracle",
        Number(0),
    ),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "fDenyTSConnections", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "UserAuthentication", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "SecurityLayer", Number(2)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "MinEncryptionLevel", Number(3)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "fPromptForPassword", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "DisablePasswordSaving", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "fDisableCdm", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "MaxIdleTime", Number(900_000)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\WinRM\Client", "AllowBasic", Number(0)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\WinRM\Client", "AllowUnencryptedTraffic", Number(0)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\WinRM\Service", "AllowBasic", Number(0)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\WinRM\Service", "AllowUnencryptedTraffic", Number(0)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\PowerShell", "EnableScripts", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\PowerShell", "ExecutionPolicy", Text("AllSigned")),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging",
        "EnableScriptBlockLogging",
        Number(1),
    ),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\EventLog\Security", "MaxSize", Number(1_048_576)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\EventLog\System", "MaxSize", Number(65_536)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\EventLog\Application", "MaxSize", Number(65_536)),
    registry(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "AutoAdminLogon", Text("0")),
    registry(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "CachedLogonsCount", Text("2")),
    registry(r"SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters", "SMB1", Number(0)),
    registry(r"SYSTEM\CurrentControlSet\Services\MrxSmb10", "Start", Number(4)),
    registry(r"SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters", "RequireSecuritySignature", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Services\LanmanWorkstation\Parameters", "RequireSecuritySignature", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\LanmanWorkstation", "AllowInsecureGuestAuth", Number(0)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient", "EnableMulticast", Number(0)),
    registry(r"SYSTEM\CurrentControlSet\Services\NTDS\Parameters", "LDAPServerIntegrity", Number(2)),
    registry(r"SYSTEM\CurrentControlSet\Services\LDAP", "LDAPClientIntegrity", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Services\Spooler", "Start", Number(4)),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows NT\Printers\PointAndPrint",
        "RestrictDriverInstallationToAdministrators",
        Number(1),
    ),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\DeviceGuard", "LsaCfgFlags", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile", "EnableFirewall", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PrivateProfile", "EnableFirewall", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile", "EnableFirewall", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile", "DefaultInboundAction", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PrivateProfile", "DefaultInboundAction", Number(1)),
    registry(r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile", "DefaultInboundAction", Number(1)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer", "NoAutorun", Number(1)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer", "NoDriveTypeAutoRun", Number(255)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\Explorer", "NoAutoplayfornonVolume", Number(1)),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}",
        "Deny_Execute",
        Number(1),
    ),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}",
        "Deny_Write",
        Number(1),
    ),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}",
        "Deny_Read",
        Number(1),
    ),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices", "Deny_All", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Policies\Microsoft\FVE", "RDVDenyWriteAccess", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Services\USBSTOR", "Start", Number(4)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows Defender", "DisableAntiSpyware", Number(0)),
    registry(
        r"SOFTWARE\Policies\Microsoft\Windows Defender\Real-Time Protection",
        "DisableRealtimeMonitoring",
        Number(0),
    ),
    registry(r"SOFTWARE\Policies\Microsoft\Windows Defender\Scan", "DisableRemovableDriveScanning", Number(0)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS", "PasswordComplexity", Number(4)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS", "PasswordAgeDays", Number(30)),
    registry(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "ConsentPromptBehaviorAdmin", Number(2)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "MaxDisconnectionTime", Number(60_000)),
    registry(r"SOFTWARE\Policies\Microsoft\Windows\WinRM\Service", "DisableRunAs", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0", "NTLMMinClientSec", Number(537_395_200)),
    registry(r"SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0", "NTLMMinServerSec", Number(537_395_200)),
    registry(r"SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters", "RestrictNullSessAccess", Number(1)),
    registry(r"SYSTEM\CurrentControlSet\Services\NTDS\Parameters", "LdapEnforceChannelBinding", Number(2)),
];

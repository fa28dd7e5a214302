<#
.SYNOPSIS
Sets up the agent on a GPU tower with Windows 10 or 11. Run it again to upgrade, or for a second bot's key.

.DESCRIPTION
Nobody has run this on Windows yet: it was written from Microsoft's and OpenSSH's documentation. Read it first.

It installs OpenSSH's server, makes the standard user gpu-agent, lets the bot's key run `gpu-agent attach` and nothing
else, starts the agent with the machine, turns Fast Startup and automatic sleep off (a sleep in the middle of a render
helps nobody; /tower sleep still works), and lets a magic packet wake the network card.

.EXAMPLE
.\deploy\windows\install-tower.ps1 -KeyFile darkroom.pub -TorchIndex (the address that pytorch.org names for CUDA)
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    # The bot's public key, as install-bot.sh prints it.
    [Parameter(Mandatory)] [string] $KeyFile,
    # pip's usual place has torch for Windows without CUDA only.
    [Parameter(Mandatory)] [string] $TorchIndex,
    # Python 3.11 or newer, installed for all users.
    [string] $Python = 'python'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$Source = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
$Root = Join-Path $env:ProgramData 'gpu-agent'
$Venv = Join-Path $Root 'venv'
$Agent = Join-Path $Venv 'Scripts\gpu-agent.exe'
$Models = Join-Path $Root 'models.toml'
$Pipe = '\\.\pipe\gpu-agent'
$User = 'gpu-agent'
$Task = 'gpu-agent'

function Stop-With([string] $Sentence) { Write-Host $Sentence; exit 1 }

# Programs tell by their status that they failed; PowerShell does not look at it by itself.
function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { Stop-With "$Program failed with status $LASTEXITCODE. Its last words are above." }
}

function Read-Key {
    $lines = @(Get-Content $KeyFile | Where-Object { $_.Trim() })
    if ($lines.Count -ne 1 -or $lines[0] -notmatch '^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+( .*)?$') {
        Stop-With "$KeyFile is not one public key on one line. Give the file that ends in .pub."
    }
    $lines[0].Trim()
}

function Test-Python {
    & $Python -c 'import sys; sys.exit(sys.version_info < (3, 11))'
    if ($LASTEXITCODE -ne 0) { Stop-With "$Python is not Python 3.11 or newer. Name one with -Python." }
    $place = & $Python -c 'import sys; print(sys.base_prefix)'
    if ($place.StartsWith($env:SystemDrive + '\Users\', 'OrdinalIgnoreCase')) {
        Stop-With "The user $User may not run the Python in $place. Install Python for all users, and name it with -Python."
    }
}

# Before 8.6 the server ran any command when a terminal was asked for, whatever the key was restricted to.
function Install-Sshd {
    Get-WindowsCapability -Online -Name 'OpenSSH.Server*' | Where-Object State -ne 'Installed' |
        ForEach-Object { Add-WindowsCapability -Online -Name $_.Name | Out-Null }
    $found = (Get-Item "$env:SystemRoot\System32\OpenSSH\sshd.exe").VersionInfo
    if ([version]"$($found.FileMajorPart).$($found.FileMinorPart)" -lt [version]'8.6') {
        Stop-With "This OpenSSH server is version $($found.FileVersion). Update Windows until it is 8.6 or newer."
    }
    Set-Service sshd -StartupType Automatic
    Start-Service sshd
}

# A standard user: for administrators the server reads another file of keys. Nobody knows its password.
function New-AgentUser {
    if (-not (Get-LocalUser -Name $User -ErrorAction SilentlyContinue)) {
        $bytes = New-Object byte[] 48
        [System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
        $password = ConvertTo-SecureString ([Convert]::ToBase64String($bytes)) -AsPlainText -Force
        New-LocalUser -Name $User -Password $password -PasswordNeverExpires -Description 'Darkroom agent' | Out-Null
    }
    # Users, and Performance Log Users: the right to run as a task without being logged in comes with the latter.
    foreach ($group in 'S-1-5-32-545', 'S-1-5-32-559') {
        Add-LocalGroupMember -SID $group -Member $User -ErrorAction SilentlyContinue
    }
}

# The agent reads everything here and writes only its spool and its cache.
function New-Folders {
    foreach ($name in '', 'spool', 'cache') { New-Item -ItemType Directory -Force (Join-Path $Root $name) | Out-Null }
    Invoke-Program icacls @($Root, '/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', "${User}:(OI)(CI)RX", '/q')
    foreach ($name in 'spool', 'cache') {
        Invoke-Program icacls @((Join-Path $Root $name), '/grant:r', "${User}:(OI)(CI)M", '/q')
    }
    if (-not (Test-Path $Models)) { Set-Content $Models '# Models of your own; docs/operating.md says how.' -Encoding ascii }
}

# Built from a copy: an old build folder would bring back old files. torch comes first and from its own place.
function Install-Agent {
    Stop-ScheduledTask -TaskName $Task -ErrorAction SilentlyContinue
    if (-not (Test-Path "$Venv\Scripts\python.exe")) { Invoke-Program $Python @('-m', 'venv', $Venv) }
    $copy = Join-Path $env:TEMP "darkroom-$PID"
    New-Item -ItemType Directory $copy | Out-Null
    foreach ($name in 'bot', 'gpu_agent', 'pyproject.toml', 'README.md', 'LICENSE') {
        Copy-Item -Recurse (Join-Path $Source $name) $copy
    }
    $pip = @('-m', 'pip', 'install', '--quiet', '-c', (Join-Path $Source 'constraints.txt'))
    Invoke-Program "$Venv\Scripts\python.exe" ($pip + @('--index-url', $TorchIndex, 'torch'))
    Invoke-Program "$Venv\Scripts\python.exe" ($pip + @("${copy}[agent]"))
    Remove-Item -Recurse -Force $copy
}

function Grant-Bot([string] $Key) {
    $file = Join-Path $Root 'authorized_keys'
    $blob = $Key.Split(' ')[1]
    $others = @(if (Test-Path $file) { Get-Content $file | Where-Object { -not $_.Contains($blob) } })
    Set-Content $file ($others + "restrict,command=`"$Agent attach --socket $Pipe`" $Key") -Encoding ascii
    $config = "$env:ProgramData\ssh\sshd_config"
    if (-not (Select-String -Quiet -SimpleMatch "Match User $User" $config)) {
        Add-Content $config @('', "Match User $User", '    AuthorizedKeysFile __PROGRAMDATA__/gpu-agent/authorized_keys',
            '    PasswordAuthentication no', '    AllowTcpForwarding no', '    PermitTTY no') -Encoding ascii
    }
    Restart-Service sshd
}

# A task and not a child of the SSH session, which may take its children with it. Its log is cache\agent.log.
function Start-Agent {
    $serve = Join-Path $Root 'serve.cmd'
    Set-Content $serve -Encoding ascii @(
        '@echo off',
        "set HF_HOME=$Root\cache\huggingface",
        "`"$Agent`" serve --spool $Root\spool --socket $Pipe --models $Models >>$Root\cache\agent.log 2>&1")
    $forever = New-ScheduledTaskSettingsSet -ExecutionTimeLimit 0 -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
        -MultipleInstances IgnoreNew -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    Register-ScheduledTask -Force -TaskName $Task -Settings $forever `
        -Action (New-ScheduledTaskAction -Execute $serve) `
        -Trigger (New-ScheduledTaskTrigger -AtStartup) `
        -Principal (New-ScheduledTaskPrincipal -UserId $User -LogonType S4U -RunLevel Limited) | Out-Null
    Start-ScheduledTask -TaskName $Task
}

# Magic packets wake Windows from sleep and hibernation, not from the half shutdown that Fast Startup makes. After such
# a wake an own timer of two minutes sends it back to sleep; 7bc4... is its name.
function Set-Waking($Card) {
    Set-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Power' HiberbootEnabled 0
    Invoke-Program powercfg @('/change', 'standby-timeout-ac', '0')
    Invoke-Program powercfg @('/setacvalueindex', 'SCHEME_CURRENT', 'SUB_SLEEP', '7bc4a2f9-d8fc-4469-b07b-33eb785aaca0', '0')
    Invoke-Program powercfg @('/setactive', 'SCHEME_CURRENT')
    Set-NetAdapterPowerManagement -Name $Card.Name -WakeOnMagicPacket Enabled
    Invoke-Program powercfg @('/deviceenablewake', $Card.InterfaceDescription)
}

function Show-Next($Card) {
    Write-Host "For darkroom.toml: host = `"$env:COMPUTERNAME`" or its address, mac = `"$($Card.MacAddress.Replace('-', ':'))`""
    Write-Host 'Its host keys, to compare with the one that `darkroom tower trust` shows:'
    Get-ChildItem "$env:ProgramData\ssh\ssh_host_*_key.pub" | ForEach-Object { ssh-keygen -lf $_.FullName }
    Write-Host 'May wake this machine (the card must be among them):'
    powercfg /devicequery wake_armed
    Write-Host 'Kinds of sleep. Without S3 among those that are there, use hibernation, or leave it awake:'
    powercfg /a
}

$key = Read-Key
Test-Python
Install-Sshd
New-AgentUser
New-Folders
Install-Agent
Grant-Bot $key
Start-Agent
$route = Get-NetRoute -DestinationPrefix '0.0.0.0/0' | Sort-Object RouteMetric | Select-Object -First 1
$card = Get-NetAdapter -InterfaceIndex $route.InterfaceIndex
Set-Waking $card
Show-Next $card

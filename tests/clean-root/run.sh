#!/usr/bin/env bash
# Tries the dev container's scripts in a clean Debian: nothing in it but Debian's smallest system, the .NET SDK and Node.
#   run.sh                       builds by setup.sh, starts the course by start.sh, asks for its pages, looks for the Jupyter kernel
#   run.sh --tests [ARGUMENTS]   then runs 'dotnet test ARGUMENTS' in there: which test needs a program that README does not name?
# Needs root, debootstrap and the package registries. What it cannot try: the container image itself, the editor and its extensions.
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
port=5971
suite=bookworm
registry_settings=(/etc/resolv.conf /etc/hosts /etc/ssl/certs /usr/local/share/ca-certificates /etc/apt/apt.conf.d
  /etc/npmrc /usr/etc/npmrc "$HOME/.npmrc" "$HOME/.nuget/NuGet/NuGet.Config")
registry_variables='^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|NUGET_CERT_REVOCATION_MODE|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)='

[ "$(id -u)" = 0 ] || { echo "needs root, for chroot and mount" >&2; exit 2; }
for program in debootstrap dotnet node npm; do command -v "$program" >/dev/null || { echo "needs $program" >&2; exit 2; }; done

root=$(mktemp -d /var/tmp/clean-root.XXXXXX)
chmod 755 "$root"
end_processes() { # whatever still runs inside: asked first, then ended
  local signal process ended
  for signal in TERM KILL; do
    for ((try = 0; try < 100; try++)); do
      ended=yes
      for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/root" 2>/dev/null)" = "$root" ]; then ended=no; kill "-$signal" "${process#/proc/}" 2>/dev/null || true; fi
      done
      [ "$ended" = no ] || return 0
      sleep 0.1
    done
  done
}

clean_up() {
  end_processes
  umount -l "$root"/{usr/share/dotnet,usr/local/lib/node_modules/npm,proc,dev} 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT

inside() { # inside COMMAND... : in the clean root, with its own environment and the registries' settings
  local -a variables
  mapfile -t variables < <(env | grep -E "$registry_variables" || true)
  chroot "$root" /usr/bin/env -i "${variables[@]}" HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

say() { echo "== $* ($SECONDS s)"; }

say "Debian $suite, the smallest system"
debootstrap --variant=minbase "$suite" "$root" >/dev/null
for file in "${registry_settings[@]}"; do
  goal="$root${file/#$HOME//root}"
  if [ -e "$file" ]; then mkdir -p "$(dirname "$goal")"; cp -rL --remove-destination "$file" "$(dirname "$goal")/"; fi
done
mkdir -p "$root"/usr/{share/dotnet,local/lib/node_modules/npm}
mount -t proc proc "$root/proc"
mount --rbind --make-rslave /dev "$root/dev"
inside apt-get update -qq
# What Microsoft names as needed by the SDK beside the smallest system.
inside apt-get install -qq -y --no-install-recommends ca-certificates libicu72 libssl3 >/dev/null

say "the SDK and Node"
mount --bind -o ro "$(dirname "$(readlink -f "$(command -v dotnet)")")" "$root/usr/share/dotnet"
mount --bind -o ro "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$root/usr/local/lib/node_modules/npm"
cp "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
ln -s /usr/share/dotnet/dotnet "$root/usr/local/bin/dotnet"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"

say "the repository as it is in the work tree"
mkdir "$root/course"
git -C "$repository" ls-files -z --cached --others --exclude-standard \
  | tar -C "$repository" --ignore-failed-read --null -T - -cf - | tar -C "$root/course" -xf -

say "setup.sh"
inside bash /course/.devcontainer/setup.sh
inside test -f /root/.local/share/jupyter/kernels/.net-csharp/kernel.json
inside sh -c 'cd /course && dotnet interactive --version'

say "start.sh"
# The pipe of a course that ends before it is there closes, and the loop with it.
exec 4< <(inside bash /course/.devcontainer/start.sh "$port" 2>&1)
word=""
while IFS= read -r line <&4; do
  echo "   $line"
  if [[ "$line" =~ http://127\.0\.0\.1:$port/\?token=([0-9a-f]+) ]]; then word=${BASH_REMATCH[1]}; break; fi
done
# ask PATH [HEADER]: the answer of the course, with its headers.
ask() {
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n%b\r\n' "$1" "$port" "${2:-}" >&3
  cat <&3
}
[[ "$(ask /)" == "HTTP/1.1 403"* ]] || { echo "the course answers whoever asks" >&2; exit 1; }
[[ "$(ask "/?token=$word")" =~ [Ss]et-[Cc]ookie:\ ([^\;]+) ]] || { echo "the course does not let in by its word" >&2; exit 1; }
page=$(ask / "Cookie: ${BASH_REMATCH[1]}\r\n")
[[ "$page" == "HTTP/1.1 200"*"Attention by Experiment"* ]] || { echo "the course does not answer: ${page:0:300}" >&2; exit 1; }
[[ "$(inside bash /course/.devcontainer/start.sh "$port")" == "Port $port is taken"* ]] || { echo "a second start.sh does not see the first" >&2; exit 1; }
end_processes

if [ "${1:-}" = --tests ]; then
  shift
  say "dotnet test $*"
  inside sh -c 'cd /course && dotnet test --no-build "$@"' dotnet-test "$@"
fi
say "done"

#!/bin/sh
# Installs, updates or removes the recorder on Debian. Run as root from the unpacked package; run again for an update.
# What was recorded stays in every case.
#
#   ./install.sh               install or update
#   ./install.sh --remove      remove the program; the recordings stay
#
# DESTDIR=/somewhere puts everything below a folder and touches no account and no service (for packages and tests).
# PYTHON=python3.12 takes another interpreter. WHEELS=/folder installs without a network, from wheels of that folder.
# APT=/path/apt-get is asked for what Python lacks; APT= for nobody, as with DESTDIR or WHEELS.
set -eu
umask 022

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
DESTDIR=${DESTDIR:-}
PYTHON=${PYTHON:-python3}
if [ -n "$DESTDIR${WHEELS:-}" ]; then APT=${APT-}; else APT=${APT-apt-get}; fi
NAME=shouyuan-edge
PROGRAM=$DESTDIR/opt/$NAME
STATE=/var/lib/$NAME
UNIT=$DESTDIR/etc/systemd/system/$NAME.service
COMMAND=$DESTDIR/usr/local/bin/$NAME

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
has_systemd() { [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; }

remove() {
    if has_systemd; then
        systemctl disable --now "$NAME" 2>/dev/null || true
    fi
    rm -f -- "$UNIT" "$COMMAND"
    rm -rf -- "$PROGRAM"
    if has_systemd; then systemctl daemon-reload; fi
    say "已移除程式。錄影、金鑰與設定仍留在 $STATE；確定不再需要後，請自行刪除。"
}

has_venv() { "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; }

# Debian has a part of Python in a package of its own.
put_venv() {
    if has_venv; then return 0; fi
    package=$(basename -- "$PYTHON")-venv
    if [ -n "$APT" ] && command -v -- "$APT" >/dev/null; then
        say "這台主機還沒有 $package，正在安裝。"
        export DEBIAN_FRONTEND=noninteractive
        "$APT" install --yes --quiet "$package" \
            || { "$APT" update --quiet && "$APT" install --yes --quiet "$package"; } || true
    fi
    has_venv || fail "需要 $package，但無法自動安裝。請先執行：apt-get update && apt-get install $package，再重新執行 install.sh。"
}

make_account() {
    [ -z "$DESTDIR" ] || return 0
    getent passwd "$NAME" >/dev/null || useradd --system --user-group --home-dir "$STATE" --no-create-home \
        --shell /usr/sbin/nologin "$NAME"
}

as_recorder() {
    if [ -n "$DESTDIR" ]; then "$@"; else runuser -u "$NAME" -- "$@"; fi
}

# As the account that records: a Python that Debian renewed, or that lies where only root may go, would record nothing.
has_environment() { as_recorder "$PROGRAM/venv/bin/python" -c 'import pip' 2>/dev/null; }

put_environment() {
    if ! has_environment; then
        rm -rf -- "$PROGRAM/venv"
        "$PYTHON" -m venv "$PROGRAM/venv"
        has_environment || fail "錄影服務的帳號無法執行 $PROGRAM/venv/bin/python。請以系統的 Python 重新執行：sudo PYTHON=/usr/bin/python3 ./install.sh"
    fi
    if [ -n "${WHEELS:-}" ]; then set -- --no-index --find-links "$WHEELS"; else set --; fi
    "$PROGRAM/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: "$@" -r "$HERE/requirements.txt" \
        || fail "套件安裝失敗，原來的程式沒有變更。請檢查網路；沒有網路時請看 README.md 的 WHEELS，再重新執行 install.sh。"
}

# The new program lies ready beside the old one before they change places.
put_program() {
    mkdir -p -- "$PROGRAM"
    rm -rf -- "$PROGRAM/app.new" "$PROGRAM/app.old"
    cp -R -- "$HERE/app" "$PROGRAM/app.new"
    cp -- "$HERE/README.md" "$PROGRAM/README.md"
    put_environment
    (cd -- "$PROGRAM/app.new" && as_recorder "$PROGRAM/venv/bin/python" -B -c 'import workers.edge.__main__') \
        || fail "錄影服務的帳號無法啟動新的程式，原來的程式沒有變更。請把以上訊息交給支援人員。"
    if [ -d "$PROGRAM/app" ]; then mv -- "$PROGRAM/app" "$PROGRAM/app.old"; fi
    mv -- "$PROGRAM/app.new" "$PROGRAM/app"
    rm -rf -- "$PROGRAM/app.old"
}

put_command() {
    mkdir -p -- "$(dirname -- "$COMMAND")"
    cat >"$COMMAND.new" <<END
#!/bin/sh
# The recorder's command line, as the account that records.
cd /opt/$NAME/app || exit 1
SHOUYUAN_EDGE_HOME=$STATE
export SHOUYUAN_EDGE_HOME
if [ "\$(id -un)" = $NAME ]; then
    exec /opt/$NAME/venv/bin/python -m workers.edge "\$@"
fi
if [ "\$(id -u)" -ne 0 ]; then
    echo "請加上 sudo，例如：sudo $NAME doctor" >&2
    exit 1
fi
exec runuser -u $NAME -- /opt/$NAME/venv/bin/python -m workers.edge "\$@"
END
    chmod 755 "$COMMAND.new"
    mv -- "$COMMAND.new" "$COMMAND"
}

put_state() {
    mkdir -p -- "$DESTDIR$STATE"
    chmod 700 "$DESTDIR$STATE"
    [ -n "$DESTDIR" ] || chown "$NAME:$NAME" "$STATE"
}

put_unit() {
    mkdir -p -- "$(dirname -- "$UNIT")"
    cp -- "$HERE/$NAME.service" "$UNIT.new"
    chmod 644 "$UNIT.new"
    mv -- "$UNIT.new" "$UNIT"
    if has_systemd; then
        systemctl daemon-reload
        systemctl enable "$NAME"
        systemctl try-restart "$NAME"
    fi
}

case ${1:-} in
    --remove) action=remove ;;
    '') action=install ;;
    *) fail "用法：install.sh 或 install.sh --remove" ;;
esac
[ -n "$DESTDIR" ] || [ "$(id -u)" -eq 0 ] || fail "請以 root 執行，例如：sudo ./install.sh"
if [ "$action" = remove ]; then
    remove
    exit 0
fi
[ -d "$HERE/app" ] || fail "找不到程式。請在解開的安裝包資料夾內執行（安裝包由 make edge-package 產生）。"
put_venv
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || fail "需要 Python 3.11 以上。請更新 Debian，或以 PYTHON=python3.11 指定已安裝的版本，再重新執行。"
make_account
put_program
put_command
put_state
put_unit
if [ -e "$DESTDIR$STATE/identity.json" ]; then
    say "更新完成。請執行：sudo $NAME doctor"
    exit 0
fi
say "安裝完成。接著請依序執行（說明在 README.md）："
say "  sudo $NAME enrol --server https://平台網址 --token 註冊碼"
say "  sudo $NAME camera list"
say "  sudo $NAME camera mask 鏡頭編號 --at 鏡頭的IP位址 --area 左,上,右,下   （只有寢室、保健室、盥洗室入口）"
say "  sudo $NAME camera add 鏡頭編號"
say "  sudo $NAME check"
say "  sudo systemctl start $NAME"
say "  sudo $NAME doctor"
say "  sudo $NAME picture accept"
say "  sudo $NAME sheet > 驗收表.html"

# shellcheck shell=bash
# Completion of syscost in bash. The program says what could stand there, from the tables
# that it reads its options by.
_syscost()
{
	local word

	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		case $word in
		/files)
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$2")
			;;
		/folders)
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$2")
			;;
		*)
			COMPREPLY+=("$word")
			;;
		esac
	done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _syscost syscost

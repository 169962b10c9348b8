// SPDX-License-Identifier: GPL-2.0
/* nop.c owns the smallest program there is: what is executed when exec is measured. */

void _start(void);

void _start(void)
{
	asm volatile("syscall" : : "a"(231), "D"(0) : "rcx", "r11", "memory");
	__builtin_unreachable();
}

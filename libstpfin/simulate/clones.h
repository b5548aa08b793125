#ifndef STPFIN_SIMULATE_CLONES_H
#define STPFIN_SIMULATE_CLONES_H

/* Before the definition of a function whose loops run over lanes: it is compiled for wider vectors
 * too, and the machine takes the widest it has. The bits are the same, as nothing is contracted. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
#define STPFIN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define STPFIN_CLONES
#endif

#endif

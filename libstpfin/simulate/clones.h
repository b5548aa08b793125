#ifndef STPFIN_SIMULATE_CLONES_H
#define STPFIN_SIMULATE_CLONES_H

/* Before the definition of a static function whose loops run over lanes: it is compiled for wider
 * vectors too, and the machine takes the widest it has. The bits are the same, as nothing is
 * contracted. Of a function that is not static GCC exports what chooses, whatever its visibility.
 * STPFIN_NO_CLONES is defined to compile for one machine alone, as tests do; and ThreadSanitizer is
 * not ready when what chooses runs. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12 && defined(__x86_64__) &&           \
	defined(__gnu_linux__) && !defined(__SANITIZE_THREAD__) && !defined(STPFIN_NO_CLONES)
#define STPFIN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define STPFIN_CLONES
#endif

/* In the place of `static inline`, for what such a function calls for its lanes: it has to be part
 * of the clone. */
#if defined(__GNUC__)
#define STPFIN_INLINED static inline __attribute__((always_inline))
#else
#define STPFIN_INLINED static inline
#endif

#endif

/* One create, on two machines that share a remote lock and no journal: nothing is made twice.
 *
 * Time is a number of ticks, and any process may stand still between two steps for as long as it likes: a
 * machine that sleeps is one that makes no step. A machine may die between any two steps, and begins again with
 * its journal alone. A request that has left acts at any tick up to DELAY later, or never, and its answer may
 * be lost. What the journal says may come after what is the table of tests/trust/journal_rules.py.
 *
 * `make model` runs it as it is, and with ALONE (one machine, whose lock is a file and ends with its process),
 * which both hold; and in five ways that have to fail:
 *   DELAY=SETTLE   a server that acts as late as it is waited for
 *   NO_INTENT      nothing is written down before a request leaves, on a machine that is the only one
 *   REPEATED_POST  a request whose answer was lost is sent again at once
 *   LATE_HOLDER    a holder begins a write after half of its lease
 *   EARLY_RELEASE  the lock is given back while a write can still arrive, without a word of that
 */
#include "journal.inc"

#ifndef SETTLE
#define SETTLE 3
#endif
#ifndef DELAY
#define DELAY (SETTLE - 1)
#endif
#define STALE 4             /* ticks without a sign of the holder, after which its lock is replaced */
#define HALF (STALE / 2)    /* ticks after its last renewal in which a holder begins a write */
#define LONG (HALF + SETTLE)
#define NOBODY 2
#define SLOTS 3

byte live;                  /* objects of the one identity */
byte flying[SLOTS];         /* ticks in which a request that has left may still act, and one */

byte holder = NOBODY;       /* whose object id the ref on the remote holds */
byte stamp;                 /* ticks since it was written */
byte doubt;                 /* where it is free: ticks for which the next holder waits */

byte says[2];               /* what each machine's journal says of its last write */
byte age[2];                /* ticks since that says that the write has left */
byte held[2];               /* ticks since the remote confirmed the machine's last renewal */
byte rest[2];               /* ticks that a machine which took the lock waits before it looks */

#ifdef NO_INTENT
#define ALONE
#define SAYS(event) skip
#else
#define SAYS(event) atomic { assert(MAY_##event(says[me])); says[me] = AFTER_##event(says[me]) }
#endif
#if defined(LATE_HOLDER) || defined(ALONE)
#define IN_TIME (1)
#else
#define IN_TIME (held[me] < HALF)
#endif
#define MAY_DIE if :: skip :: goto dead fi
#define OLDER(x, most) x = (x < most -> x + 1 : x)
#define YOUNGER(x) x = (x > 0 -> x - 1 : 0)
#define IS_OPEN (says[me] == LEFT || says[me] == TAKEN || says[me] == LOST)

active proctype Clock() {
    byte at;
    do
    :: d_step {
        OLDER(stamp, LONG);
        YOUNGER(doubt);
        at = 0;
        do
        :: at < 2 ->
            OLDER(age[at], SETTLE);
            OLDER(held[at], HALF);
            YOUNGER(rest[at]);
            at++
        :: else -> break
        od;
        at = 0;
        do
        :: at < SLOTS -> YOUNGER(flying[at]); at++
        :: else -> break
        od;
        at = 0
    }
    od
}

active proctype Server() {
    do
    :: atomic { flying[0] > 0 -> flying[0] = 0; live++; assert(live <= 1) }
    :: atomic { flying[1] > 0 -> flying[1] = 0; live++; assert(live <= 1) }
    :: atomic { flying[2] > 0 -> flying[2] = 0; live++; assert(live <= 1) }
    od
}

proctype Machine(byte me) {
    byte slot;
    bool again;             /* whether the request went out a second time */

begin:
    again = false;
    slot = 0;
    if  /* whoever opens the journal takes what was announced for something that has left by now */
    :: says[me] == UNSAID -> SAYS(LEFT); age[me] = 0
    :: else
    fi;

take:
    if
    :: atomic {
        holder == NOBODY ->
            holder = me; rest[me] = doubt; doubt = 0; stamp = 0; held[me] = 0
    }
    :: atomic {  /* it was seen unchanged for so long; the holder may have begun a write HALF after its stamp */
        holder != NOBODY && stamp >= STALE ->
            rest[me] = LONG - stamp; holder = me; stamp = 0; held[me] = 0
    }
    fi;
    MAY_DIE;

wait:
    do
    :: rest[me] == 0 && (!IS_OPEN || age[me] >= SETTLE) -> break
    :: atomic { holder == me && stamp > 0 -> stamp = 0; held[me] = 0 }  /* a renewal */
    :: IS_OPEN && rest[me] == 0 && live > 0 -> break                      /* its effect shows before */
    :: holder != me -> goto lost_lock
    od;
    MAY_DIE;

look:
    if
    :: live > 0 -> goto shown
    :: else
    fi;
    MAY_DIE;
    SAYS(INTENT);
    MAY_DIE;

    do
    :: atomic { holder == me && stamp > 0 -> stamp = 0; held[me] = 0 }
    :: atomic {         /* whether the lease still lasts is asked as the request leaves */
        IN_TIME && (flying[0] == 0 || flying[1] == 0 || flying[2] == 0) ->
            slot = (flying[0] == 0 -> 0 : (flying[1] == 0 -> 1 : 2));
            flying[slot] = DELAY + 1;
            break
    }
    :: holder != me && held[me] >= HALF -> SAYS(NONE); goto lost_lock
    od;
    MAY_DIE;
    SAYS(LEFT);
    age[me] = 0;
    MAY_DIE;
    if
    :: live > 0 -> SAYS(TAKEN)          /* it acted, and its answer came */
    :: SAYS(UNKNOWN)                    /* the answer is lost, whatever it did */
    fi;
    MAY_DIE;

found_out:
    do
    :: live > 0 -> goto shown
    :: says[me] == LOST -> goto give_up  /* a stop was asked for */
#ifdef REPEATED_POST
    :: live == 0 && !again -> break
#else
    :: live == 0 && age[me] >= SETTLE && !again -> break
#endif
    :: live == 0 && age[me] >= SETTLE && again -> goto give_up
    :: atomic { holder == me && stamp > 0 -> stamp = 0; held[me] = 0 }
    :: holder != me -> goto lost_lock
    od;
    again = true;
    MAY_DIE;
    goto look;

shown:
    if
    :: says[me] == TAKEN || says[me] == LOST -> SAYS(SETTLED)
    :: else
    fi;
    MAY_DIE;
    SAYS(DONE);
    goto give_back;

give_up:
    SAYS(ENDED);

give_back:
    atomic {
        if
        :: holder == me ->
            holder = NOBODY;
#if !defined(EARLY_RELEASE) && !defined(ALONE)
            doubt = (IS_OPEN && age[me] < SETTLE -> SETTLE - age[me] : 0);
#endif
            stamp = 0
        :: else
        fi
    }
    goto begin;

lost_lock:
    if
    :: says[me] != MEANT -> SAYS(ENDED)
    :: else -> SAYS(NONE)
    fi;
    goto begin;

dead:
    SAYS(CRASH);
#ifdef ALONE
    holder = NOBODY;
#endif
    goto begin
}

init {
#ifdef ALONE
    run Machine(0)
#else
    atomic { run Machine(0); run Machine(1) }
#endif
}

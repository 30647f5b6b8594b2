#include "importers/weigh.h"

#include "base/alloc.h"

#include "importers/splitter.h"

#include <string.h>

/* The text is read line by line as a sequence of records, in all ways at once: a state says how many delimiters the
 * record at hand has had and whether we are in quotes, and each state keeps its cheapest way (Viterbi's algorithm over
 * the bytes that mean something). There are two layers of states: those still in the first record, whose ways are kept
 * to be traced back, and those in a later one, which remember where the first ended. Reading on beyond the first
 * record is what tells a quote that was never closed from a cell of many lines: lines swallowed by mistake would have
 * been records, lines of a cell would have been none. It is decided at the first line end where the best way that
 * has left the first record is clearly cheaper than those that are still in it. */

/* What a reading costs. Only sums and their order matter; they were tried on each kind of damage. */
enum {
    COST_LITERAL = 8,        /* a quote at the start of a cell is text */
    COST_INNER = 1,          /* a quote inside a quoted cell is text */
    COST_INNER_CLOSING = 5,  /* ... though the cell could have ended there */
    COST_INNER_OPENING = 15, /* ... though it looks like the start of another cell */
    COST_PAIR_OPENING = 8,   /* ... and so does the first of a doubled quote */
    COST_MIDDLE_OPENING = 9, /* the rest of a cell is quoted: a delimiter lacks before it */
    COST_MIDDLE_CLOSING = 6, /* ... the beginning: one lacks behind it */
    COST_UNCLOSED =
        14,          /* a quoted cell ends with a delimiter or line end, its closing quote lacks */
    COST_BLANKS = 3, /* blanks outside of the quotes */
    COST_SHORT_DELIMITER = 2, /* a delimiter lost its blank to the line end */
    COST_LINE = 1,            /* a quoted cell goes on with another line */
    COST_RECORD = 10,         /* ... which could be a record by itself */
    COST_CR_TEXT = 1,
    COST_CR_END = 4,
    COST_MISMATCH = 8,      /* a record has a cell more or less than expected */
    COST_MISMATCH_MORE = 2, /* ... and for each further one */
    MISMATCH_MOST = 5,
    COST_NEVER = 1 << 28,
};

enum { TRACE_MAX_BYTES = 4 * 1024 * 1024, FIRST_TOKENS = 64 };

enum mode {
    MODE_PLAIN,
    MODE_QUOTED,
    MODE_CLOSED, /* behind the closing quote */
    MODE_PAIRED, /* between the halves of a doubled quote */
    MODE_COUNT,
};

enum token_kind { TOKEN_DELIMITER, TOKEN_SHORT_DELIMITER, TOKEN_QUOTE, TOKEN_END, TOKEN_CR };

enum reach { REACH_NOT, REACH_BLANKS, REACH_NEXT };

/* What a token is in the cheapest way. */
enum role {
    ROLE_TEXT,
    ROLE_OPENING,
    ROLE_MIDDLE, /* a quote that opens or closes in the middle of a cell: that cell is kept as it stands */
    ROLE_END, /* of a cell */
    ROLE_END_OF_QUOTED,
};

struct token {
    uint32_t at;
    uint8_t bytes;
    uint8_t kind;   /* enum token_kind */
    uint8_t opens;  /* of a quote, enum reach: where a cell may begin is next to it */
    uint8_t closes; /* ... where a cell may end */
    bool pairs;     /* ... another quote follows */
    uint8_t role;   /* enum role, when it is known */
};

/* One byte for each token and number of delimiters in the first record: which way was the cheapest. */
enum trace {
    TRACE_PLAIN = 3,          /* the mode before, for MODE_PLAIN */
    TRACE_QUOTED = 3 << 2,    /* ... for MODE_QUOTED */
    TRACE_BOUNDARY = 1 << 4,  /* MODE_PLAIN: a cell ended here */
    TRACE_SATURATED = 1 << 5, /* ... and the number was at its top before too */
    TRACE_END = 3 << 6,       /* the mode before, for the record's end */
};

struct path {
    int cost;
    uint32_t end; /* the token that ended the first record, and how many delimiters that had had */
    uint32_t end_count;
};

struct state {
    struct path paths[MODE_COUNT];
};

enum layer { LAYER_FIRST, LAYER_LATER, LAYER_COUNT };

struct weigh {
    const struct grammar *grammar;
    size_t expected_cells; /* 0: unknown */
    size_t top;            /* so many delimiters and more are one state */
    struct state *states[LAYER_COUNT];
    uint8_t *trace; /* as many rows as tokens */
    struct token *tokens;
    size_t token_capacity;
    size_t token_count;
    size_t reach; /* no state has more delimiters */
    bool has_later;
    int64_t steps;
    struct reading line; /* scratch */
};

static const struct path NO_PATH = {.cost = COST_NEVER};

/* Those that were reached: a short record must not pay for the width of the table. */
static void clear_states(struct weigh *weigh)
{
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        for (size_t count = 0; count <= weigh->reach; count++) {
            for (int mode = 0; mode < MODE_COUNT; mode++)
                weigh->states[layer][count].paths[mode] = NO_PATH;
        }
    }
}

int weigh_new(const struct grammar *grammar, size_t expected_cells, struct weigh **out_weigh,
              struct err *err)
{
    struct weigh *weigh = mem_calloc(1, sizeof *weigh);
    if (weigh == NULL)
        return err_set(err, ERR_NOMEM, "could not make a weigher of records");
    weigh->grammar = grammar;
    weigh->expected_cells = expected_cells <= TABLE_MAX_CELLS ? expected_cells : 0;
    weigh->top = weigh->expected_cells > 0 ? weigh->expected_cells + MISMATCH_MOST - 1 : 0;
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        weigh->states[layer] = mem_calloc(weigh->top + 1, sizeof **weigh->states);
        if (weigh->states[layer] == NULL) {
            weigh_free(weigh);
            return err_set(err, ERR_NOMEM, "could not make a weigher of records");
        }
    }
    weigh->reach = weigh->top;
    clear_states(weigh);
    *out_weigh = weigh;
    return OK;
}

void weigh_free(struct weigh *weigh)
{
    if (weigh == NULL)
        return;
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        mem_free(weigh->states[layer]);
    mem_free(weigh->trace);
    mem_free(weigh->tokens);
    mem_free(weigh);
}

/* ---- Tokens ---- */

static bool is_blank(const struct grammar *grammar, char c)
{
    return (c == ' ' || c == '\t') && c != grammar->dialect.delimiter[0];
}

/* How near to the place behind the last token, where a cell may begin, a quote stands. */
static enum reach find_opening(const struct weigh *weigh, struct bytes text, size_t at)
{
    const struct token *last =
        weigh->token_count > 0 ? &weigh->tokens[weigh->token_count - 1] : NULL;
    if (last != NULL && last->kind == TOKEN_QUOTE)
        return REACH_NOT;
    size_t start = last != NULL ? last->at + last->bytes : 0;
    for (size_t i = start; i < at; i++) {
        if (!is_blank(weigh->grammar, text.ptr[i]))
            return REACH_NOT;
    }
    return start == at ? REACH_NEXT : REACH_BLANKS;
}

static bool is_short_delimiter(const struct grammar *grammar, struct bytes text, size_t at)
{
    size_t bytes = 0;
    return grammar->delimiter_bytes == 2 && grammar->dialect.delimiter[1] == ' ' && at < text.len &&
           text.ptr[at] == grammar->dialect.delimiter[0] &&
           grammar_mark(grammar, text, true, at + 1, &bytes) == MARK_END;
}

static enum reach find_closing(const struct grammar *grammar, struct bytes text, size_t at)
{
    size_t behind = at + 1;
    while (behind < text.len && is_blank(grammar, text.ptr[behind]))
        behind++;
    size_t bytes = 0;
    bool closes = is_short_delimiter(grammar, text, behind) ||
                  grammar_mark(grammar, text, true, behind, &bytes) != MARK_TEXT;
    return !closes ? REACH_NOT : behind == at + 1 ? REACH_NEXT : REACH_BLANKS;
}

/* The token at `at`; false if there is none, and then `out->bytes` is what to go over. */
static bool find_token(const struct weigh *weigh, struct bytes text, size_t at, struct token *out)
{
    const struct grammar *grammar = weigh->grammar;
    const struct dialect *dialect = &grammar->dialect;
    char c = text.ptr[at];
    *out = (struct token){.at = (uint32_t)at, .bytes = 1, .kind = TOKEN_QUOTE};
    if (dialect->escape != 0 && c == dialect->escape) {
        out->bytes = (uint8_t)grammar_escaped(grammar, text, at);
        return false;
    }
    if (dialect->quote != 0 && c == dialect->quote) {
        out->opens = (uint8_t)find_opening(weigh, text, at);
        out->closes = (uint8_t)find_closing(grammar, text, at);
        out->pairs = dialect->escape == 0 && at + 1 < text.len && text.ptr[at + 1] == c;
        return true;
    }
    if (!grammar->stops[(unsigned char)c])
        return false;
    size_t bytes = 0;
    enum mark mark = grammar_mark(grammar, text, true, at, &bytes);
    out->bytes = (uint8_t)bytes;
    out->kind = mark == MARK_DELIMITER ? TOKEN_DELIMITER
                : mark == MARK_CR      ? TOKEN_CR
                : mark == MARK_END     ? TOKEN_END
                                       : TOKEN_SHORT_DELIMITER;
    return mark != MARK_TEXT || is_short_delimiter(grammar, text, at);
}

/* Room for another token and its trace. false: no memory, or `*out_is_full`. */
static bool has_room(struct weigh *weigh, bool *out_is_full)
{
    *out_is_full = false;
    size_t wanted = weigh->token_count + 1;
    size_t width = weigh->top + 1;
    if (wanted <= weigh->token_capacity)
        return true;
    size_t capacity = weigh->token_capacity > 0 ? weigh->token_capacity * 2 : FIRST_TOKENS;
    *out_is_full = size_multiply(capacity, width) > TRACE_MAX_BYTES;
    if (*out_is_full)
        return false;
    struct token *tokens = mem_realloc(weigh->tokens, capacity * sizeof *tokens);
    if (tokens == NULL)
        return false;
    weigh->tokens = tokens;
    uint8_t *trace = mem_realloc(weigh->trace, capacity * width);
    if (trace == NULL)
        return false;
    weigh->trace = trace;
    weigh->token_capacity = capacity;
    return true;
}

/* ---- Steps ---- */

static int mismatch(const struct weigh *weigh, size_t count)
{
    size_t cells = count + 1;
    size_t expected = weigh->expected_cells;
    if (expected == 0 || cells == expected)
        return 0;
    size_t off = cells < expected ? expected - cells : cells - expected;
    if (off > MISMATCH_MOST)
        off = MISMATCH_MOST;
    return COST_MISMATCH + COST_MISMATCH_MORE * ((int)off - 1);
}

static struct path path_add(struct path path, int cost)
{
    path.cost += cost;
    return path;
}

/* `*best` becomes `path` at that cost, and `*from` its mode, if that is cheaper. */
static void prefer(struct path *best, enum mode *from, struct path path, int cost, enum mode mode)
{
    path.cost += cost;
    if (path.cost >= best->cost)
        return;
    *best = path;
    *from = mode;
}

static void step_quote(const struct weigh *weigh, const struct token *token, enum layer layer,
                       uint8_t *trace)
{
    bool begins = token->opens == REACH_NEXT;
    int literal = begins ? COST_LITERAL : 0;
    int opening = begins ? 0 : token->opens == REACH_BLANKS ? COST_BLANKS : COST_MIDDLE_OPENING;
    int inner = begins                       ? COST_INNER_OPENING
                : token->closes != REACH_NOT ? COST_INNER_CLOSING
                                             : COST_INNER;
    int closing = token->closes == REACH_BLANKS ? COST_BLANKS : 0;
    for (size_t count = 0; count <= weigh->reach; count++) {
        struct path *paths = weigh->states[layer][count].paths;
        struct path old[MODE_COUNT];
        memcpy(old, paths, sizeof old);
        enum mode plain = MODE_PLAIN, quoted = MODE_QUOTED;
        paths[MODE_PLAIN] = path_add(old[MODE_PLAIN], literal);
        paths[MODE_QUOTED] = path_add(old[MODE_QUOTED], inner);
        paths[MODE_CLOSED] = NO_PATH;
        if (token->closes != REACH_NOT)
            paths[MODE_CLOSED] = path_add(old[MODE_QUOTED], closing);
        else if (!begins)
            prefer(&paths[MODE_PLAIN], &plain, old[MODE_QUOTED], COST_MIDDLE_CLOSING, MODE_QUOTED);
        prefer(&paths[MODE_QUOTED], &quoted, old[MODE_PAIRED], 0, MODE_PAIRED);
        prefer(&paths[MODE_QUOTED], &quoted, old[MODE_PLAIN], opening, MODE_PLAIN);
        paths[MODE_PAIRED] =
            token->pairs ? path_add(old[MODE_QUOTED], begins ? COST_PAIR_OPENING : 0) : NO_PATH;
        if (layer == LAYER_FIRST)
            trace[count] = (uint8_t)(plain | quoted << 2);
    }
}

/* Leave the cell that a state is in for the next. */
static void leave(const struct state *state, int cost, struct path *best, enum mode *from)
{
    prefer(best, from, state->paths[MODE_PLAIN], cost, MODE_PLAIN);
    prefer(best, from, state->paths[MODE_CLOSED], cost, MODE_CLOSED);
    prefer(best, from, state->paths[MODE_QUOTED], cost + COST_UNCLOSED, MODE_QUOTED);
}

static void step_delimiter(const struct weigh *weigh, const struct token *token, enum layer layer,
                           uint8_t *trace)
{
    bool is_short = token->kind == TOKEN_SHORT_DELIMITER;
    int cost = is_short ? COST_SHORT_DELIMITER : 0;
    struct state *states = weigh->states[layer];
    for (size_t count = weigh->reach + 1; count-- > 0;) {
        struct path *paths = states[count].paths;
        struct path text = is_short ? paths[MODE_PLAIN] : NO_PATH;
        struct path best = text;
        enum mode from = MODE_PLAIN;
        if (count > 0)
            leave(&states[count - 1], cost, &best, &from);
        int before = best.cost;
        if (count == weigh->top)
            leave(&states[count], cost, &best, &from);
        int how = best.cost < before      ? TRACE_BOUNDARY | TRACE_SATURATED
                  : best.cost < text.cost ? TRACE_BOUNDARY
                                          : 0;
        paths[MODE_PLAIN] = best;
        paths[MODE_CLOSED] = NO_PATH;
        if (layer == LAYER_FIRST)
            trace[count] = (uint8_t)(how | (int)from | MODE_QUOTED << 2);
    }
}

/* A line end, or a lone CR, which may be text. Ways that end here go on at the start of a later record: `*begin`. */
static void step_end(const struct weigh *weigh, const struct token *token, enum layer layer,
                     uint8_t *trace, struct path *begin)
{
    bool is_cr = token->kind == TOKEN_CR;
    bool is_blank_line = layer == LAYER_LATER && token > weigh->tokens &&
                         token[-1].kind == TOKEN_END && token[-1].at + token[-1].bytes == token->at;
    for (size_t count = 0; count <= weigh->reach; count++) {
        struct state *state = &weigh->states[layer][count];
        int cost = is_cr ? COST_CR_END : 0;
        cost += is_blank_line && count == 0 ? 0 : mismatch(weigh, count);
        enum mode mode = MODE_PLAIN;
        struct path ended = NO_PATH;
        prefer(&ended, &mode, state->paths[MODE_PLAIN], cost, MODE_PLAIN);
        prefer(&ended, &mode, state->paths[MODE_CLOSED], cost, MODE_CLOSED);
        if (!is_cr)
            prefer(&ended, &mode, state->paths[MODE_QUOTED], cost + COST_UNCLOSED, MODE_QUOTED);
        if (layer == LAYER_FIRST) {
            ended.end = (uint32_t)(token - weigh->tokens);
            ended.end_count = (uint32_t)count;
            trace[count] = (uint8_t)(MODE_PLAIN | MODE_QUOTED << 2 | mode << 6);
        }
        if (ended.cost < begin->cost)
            *begin = ended;
        state->paths[MODE_PLAIN] =
            is_cr ? path_add(state->paths[MODE_PLAIN], COST_CR_TEXT) : NO_PATH;
        state->paths[MODE_CLOSED] = NO_PATH;
    }
}

static void step(struct weigh *weigh, const struct token *token)
{
    size_t index = (size_t)(token - weigh->tokens);
    uint8_t *trace = weigh->trace + index * (weigh->top + 1);
    struct path begin = NO_PATH;
    bool may_add = token->kind == TOKEN_DELIMITER || token->kind == TOKEN_SHORT_DELIMITER;
    if (may_add && weigh->reach < weigh->top)
        weigh->reach++;
    for (enum layer layer = LAYER_FIRST; layer <= (weigh->has_later ? LAYER_LATER : LAYER_FIRST);
         layer++) {
        weigh->steps += (int64_t)weigh->reach + 1;
        if (token->kind == TOKEN_QUOTE)
            step_quote(weigh, token, layer, trace);
        else if (may_add)
            step_delimiter(weigh, token, layer, trace);
        else
            step_end(weigh, token, layer, trace, &begin);
    }
    struct path *start = &weigh->states[LAYER_LATER][0].paths[MODE_PLAIN];
    if (begin.cost < start->cost)
        *start = begin;
    weigh->has_later = weigh->has_later || begin.cost < COST_NEVER;
}

/* Whether the text begins with a well-formed record of the expected shape; STRICT_CUT: it is too short to tell. */
static enum strict find_record(struct weigh *weigh, struct bytes text, bool whole)
{
    if (weigh->expected_cells < 2)
        return STRICT_BROKEN;
    enum strict strict = reading_strict(weigh->grammar, text, whole, &weigh->line);
    weigh->steps += (int64_t)weigh->line.taken;
    bool fits = strict == STRICT_FINE && weigh->line.cell_count == weigh->expected_cells &&
                !reading_has_stray(weigh->grammar, text, &weigh->line, true);
    return strict == STRICT_FINE && !fits ? STRICT_BROKEN : strict;
}

/* The cells that are still in quotes go on with another line. */
static void cross(struct weigh *weigh, int cost)
{
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        for (size_t count = 0; count <= weigh->reach; count++)
            weigh->states[layer][count].paths[MODE_QUOTED].cost += cost;
    }
}

static struct path cheapest(const struct weigh *weigh, enum layer layer)
{
    struct path best = NO_PATH;
    for (size_t count = 0; count <= weigh->reach; count++) {
        for (int mode = 0; mode < MODE_COUNT; mode++) {
            struct path path = weigh->states[layer][count].paths[mode];
            if (path.cost < best.cost)
                best = path;
        }
    }
    return best;
}

/* At a line end: whether a way in the first record can hardly become cheaper than the best that has left it. What lies
 * ahead may cost the latter more, if it is the rest of the first record, but not without end. */
static bool is_decided(const struct weigh *weigh)
{
    struct path best = cheapest(weigh, LAYER_LATER);
    struct path between = weigh->states[LAYER_LATER][0].paths[MODE_PLAIN];
    /* What is cheapest only while a later record is in quotes may yet turn out to be dear. */
    bool is_settled = between.end == best.end && between.end_count == best.end_count;
    return is_settled && best.cost + COST_RECORD <= cheapest(weigh, LAYER_FIRST).cost;
}

/* ---- The way of the first record ---- */

static uint8_t role_of_end(enum mode mode)
{
    return mode == MODE_CLOSED ? ROLE_END_OF_QUOTED : ROLE_END;
}

static void trace_back(struct weigh *weigh, struct path path)
{
    size_t width = weigh->top + 1;
    size_t count = path.end_count;
    enum mode mode = (weigh->trace[path.end * width + count] & TRACE_END) >> 6;
    weigh->tokens[path.end].role = role_of_end(mode);
    for (size_t i = path.end; i-- > 0;) {
        struct token *token = &weigh->tokens[i];
        uint8_t trace = weigh->trace[i * width + count];
        enum mode before = mode == MODE_PLAIN    ? trace & TRACE_PLAIN
                           : mode == MODE_QUOTED ? (trace & TRACE_QUOTED) >> 2
                                                 : MODE_QUOTED;
        bool opens = mode == MODE_QUOTED && before == MODE_PLAIN;
        bool is_middle =
            (opens && token->opens == REACH_NOT) || (mode == MODE_PLAIN && before == MODE_QUOTED);
        token->role = is_middle ? ROLE_MIDDLE : opens ? ROLE_OPENING : ROLE_TEXT;
        if (token->kind != TOKEN_QUOTE && mode == MODE_PLAIN && (trace & TRACE_BOUNDARY) != 0) {
            token->role = role_of_end(before);
            count -= (trace & TRACE_SATURATED) != 0 ? 0 : 1;
        }
        mode = before;
    }
}

static void write_reading(struct weigh *weigh, struct path path, struct reading *reading)
{
    trace_back(weigh, path);
    const struct token *end = &weigh->tokens[path.end];
    struct span span = {.escapes = true};
    bool opens = false;
    reading->cell_count = 0; /* clearing all spans would take longer than most records */
    reading->end = end->at;
    reading->taken = end->at + end->bytes;
    reading->ended_by_cr = end->kind == TOKEN_CR;
    for (const struct token *token = weigh->tokens; token <= end; token++) {
        opens = opens || token->role == ROLE_OPENING;
        if (token->role == ROLE_MIDDLE)
            span.mends |= TABLE_MEND_QUOTE;
        if (token->role == ROLE_TEXT && token->kind == TOKEN_CR && !opens)
            span.mends |= TABLE_MEND_CR;
        if (token->role != ROLE_END && token->role != ROLE_END_OF_QUOTED)
            continue;
        span.end = token->at;
        span.quoted = opens && token->role == ROLE_END_OF_QUOTED && span.mends == 0;
        if (reading->cell_count < TABLE_MAX_CELLS)
            reading->cells[reading->cell_count] = span;
        reading->cell_count++;
        span = (struct span){.start = token->at + token->bytes, .escapes = true};
        opens = false;
    }
}

/* ---- Lines ---- */

enum progress { PROGRESS_FINE, PROGRESS_DECIDED, PROGRESS_CUT, PROGRESS_FULL, PROGRESS_NOMEM };

/* Take the tokens of text[from, to), a line with its end; the last one may lack it. */
static enum progress take_line(struct weigh *weigh, struct bytes text, size_t from, size_t to,
                               bool is_last, int64_t max_steps)
{
    bool is_full = false;
    size_t at = from;
    bool has_ended = false;
    while (at < to || (is_last && !has_ended)) {
        struct token token = {.at = (uint32_t)at, .kind = TOKEN_END};
        bool found = at == text.len || find_token(weigh, text, at, &token);
        at += token.bytes;
        has_ended = found && token.kind == TOKEN_END;
        if (!found)
            continue;
        if (!has_room(weigh, &is_full))
            return is_full ? PROGRESS_FULL : PROGRESS_NOMEM;
        weigh->tokens[weigh->token_count] = token;
        step(weigh, &weigh->tokens[weigh->token_count]);
        weigh->token_count++;
        if (weigh->steps > max_steps)
            return PROGRESS_FULL;
    }
    return PROGRESS_FINE;
}

static void restart(struct weigh *weigh)
{
    clear_states(weigh);
    weigh->token_count = 0;
    weigh->reach = 0;
    weigh->has_later = false;
    weigh->steps = 0;
    weigh->states[LAYER_FIRST][0].paths[MODE_PLAIN].cost = 0;
}

/* Take the next line, `*from` on. PROGRESS_CUT: it is not there. */
static enum progress take_next(struct weigh *weigh, struct bytes text, bool whole,
                               int64_t max_steps, size_t *from)
{
    size_t end = 0, taken = 0;
    struct bytes rest = {text.ptr + *from, text.len - *from};
    if (!grammar_line(weigh->grammar, rest, whole, &end, &taken))
        return PROGRESS_CUT;
    if (*from > 0) {
        enum strict record = end > 0 ? find_record(weigh, rest, whole) : STRICT_BROKEN;
        if (record == STRICT_CUT)
            return PROGRESS_CUT;
        cross(weigh, record == STRICT_FINE ? COST_RECORD : end > 0 ? COST_LINE : 0);
        if (is_decided(weigh))
            return PROGRESS_DECIDED;
    }
    bool is_last = whole && *from + taken == text.len;
    enum progress progress = take_line(weigh, text, *from, *from + taken, is_last, max_steps);
    *from += taken;
    return progress == PROGRESS_FINE && is_decided(weigh) ? PROGRESS_DECIDED : progress;
}

int weigh_record(struct weigh *weigh, struct bytes text, bool whole, int64_t max_steps,
                 enum weighed *out_weighed, struct reading *out_reading, int64_t *out_steps,
                 struct err *err)
{
    bool is_full = text.len > SPLITTER_LOOKAHEAD_BYTES;
    if (is_full) {
        text.len = SPLITTER_LOOKAHEAD_BYTES;
        whole = false;
    }
    restart(weigh);
    size_t from = 0;
    enum progress progress = PROGRESS_FINE;
    while (progress == PROGRESS_FINE)
        progress = take_next(weigh, text, whole, max_steps, &from);
    if (progress == PROGRESS_NOMEM)
        return err_set(err, ERR_NOMEM, "could not weigh the readings of a record");
    *out_steps = weigh->steps;
    if (progress == PROGRESS_CUT && !whole && !is_full) {
        *out_weighed = WEIGHED_MORE;
        return OK;
    }
    /* At the end of the text nothing is in quotes. */
    bool is_end = progress == PROGRESS_CUT && whole;
    struct path best =
        is_end ? weigh->states[LAYER_LATER][0].paths[MODE_PLAIN] : cheapest(weigh, LAYER_LATER);
    *out_weighed = best.cost < COST_NEVER ? WEIGHED_DECIDED : WEIGHED_NONE;
    if (*out_weighed == WEIGHED_DECIDED)
        write_reading(weigh, best, out_reading);
    return OK;
}

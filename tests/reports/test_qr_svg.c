#include "reports/qr_svg.h"

#include "reports/libraries.h"
#include "tests/support/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

enum { OUT_MAX_BYTES = 1 << 20, SIDE_MAX = 177 + 8 };

/* What the drawing shows: 1 where it is dark. */
struct picture {
    int side;
    unsigned char dark[SIDE_MAX][SIDE_MAX];
};

static void paint(struct picture *picture, const char *path)
{
    while (*path != '\0') {
        int x = 0, y = 0, width = 0, back = 0, used = 0;
        assert_int_equal(sscanf(path, "M%d %dh%dv1h-%dz%n", &x, &y, &width, &back, &used), 4);
        assert_true(used > 0 && width == back && width > 0);
        assert_true(x >= 0 && y >= 0 && y < picture->side && x + width <= picture->side);
        memset(&picture->dark[y][x], 1, (size_t)width);
        path += used;
    }
}

static void read_picture(struct bytes svg, struct picture *out)
{
    xmlDoc *doc = xmlReadMemory(svg.ptr, (int)svg.len, "qr.svg", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlNode *root = xmlDocGetRootElement(doc);
    assert_string_equal((const char *)root->name, "svg");
    assert_string_equal((const char *)root->ns->href, "http://www.w3.org/2000/svg");
    xmlChar *box = xmlGetProp(root, BAD_CAST "viewBox");
    int height = 0;
    assert_int_equal(sscanf((const char *)box, "0 0 %d %d", &out->side, &height), 2);
    assert_true(out->side == height && height <= SIDE_MAX);
    xmlChar *path = xmlGetProp(xmlLastElementChild(root), BAD_CAST "d");
    paint(out, (const char *)path);
    xmlFree(box);
    xmlFree(path);
    xmlFreeDoc(doc);
}

static void check_picture(const char *text)
{
    static struct picture picture;
    struct err err = {.code = OK};
    struct buf out;
    memset(&picture, 0, sizeof picture);
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(qr_svg_render(bytes_from_z(text), "绑定 <\"二维码\">", &out, &err), OK);
    assert_true(bytes_find(buf_bytes(&out), BYTES_LIT("绑定 &lt;")) < out.len);
    assert_true(bytes_find(buf_bytes(&out), BYTES_LIT("style")) == out.len);
    read_picture(buf_bytes(&out), &picture);

    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    assert_non_null(code);
    assert_int_equal(picture.side, code->width + 8);
    for (int y = 0; y < picture.side; y++) {
        for (int x = 0; x < picture.side; x++) {
            bool is_inside = y >= 4 && x >= 4 && y < code->width + 4 && x < code->width + 4;
            int expected = is_inside ? code->data[(y - 4) * code->width + x - 4] & 1 : 0;
            assert_int_equal(picture.dark[y][x], expected);
        }
    }
    QRcode_free(code);
    buf_deinit(&out);
}

static void qr_svg_render__draws_every_module_within_a_quiet_zone(void **state)
{
    (void)state;
    char longest[2331 + 1];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    check_picture("a");
    check_picture(
        "otpauth://totp/%E8%AF%84%E8%AE%AE:zhang.san?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=%E8%AF%84%E8%AE%AE&algorithm=SHA1&digits=6&period=30");
    check_picture("云岭市12345");
    check_picture(longest);
}

static void qr_svg_render__refuses_what_no_code_holds(void **state)
{
    (void)state;
    static char text[2332];
    struct err err = {.code = OK};
    struct buf out;
    memset(text, 'x', sizeof text);
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(qr_svg_render(BYTES_NONE, "", &out, &err), ERR_FORMAT);
    assert_int_equal(qr_svg_render((struct bytes){text, sizeof text}, "", &out, &err), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    buf_deinit(&out);
}

static int render(void *context, struct err *err)
{
    struct buf out;
    (void)context;
    buf_init(&out, OUT_MAX_BYTES);
    int rc = qr_svg_render(BYTES_LIT("otpauth://totp/x"), "二维码", &out, err);
    buf_deinit(&out);
    return rc;
}

static void qr_svg_render__survives_lack_of_memory(void **state)
{
    (void)state;
    fault_loop(render, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qr_svg_render__draws_every_module_within_a_quiet_zone),
        cmocka_unit_test(qr_svg_render__refuses_what_no_code_holds),
        cmocka_unit_test(qr_svg_render__survives_lack_of_memory),
    };
    return reports_use_allocator() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}

/*
 * Replies become records, of each type; what is broken, cut short or odd is an error and no more.
 */
#include <arpa/inet.h>

#include "../suite.h"
#include "net/records.h"

#define PACKET_MAX 4096
#define EXAMPLE "\7example\4test"
#define POINTER "\300\14" /* the question's name */
#define ALIAS "\5alias\7example\4test"

/* A reply that is being made. */
static unsigned char packet[PACKET_MAX];
static size_t packet_n;
static struct records records;
static bool aliased; /* the question's name is an alias, and the answers are of another */

static void
put(const void *bytes, size_t n)
{
	memcpy(packet + packet_n, bytes, n);
	packet_n += n;
}

static void
put16(unsigned n)
{
	const unsigned char bytes[] = {(unsigned char)(n >> 8), (unsigned char)n};

	put(bytes, 2);
}

static void
reply_begin(unsigned type)
{
	packet_n = 0;
	put("\1\2\201\200\0\1\0\0\0\0\0\0", 12);
	put(EXAMPLE, sizeof(EXAMPLE));
	put16(type);
	put16(1);
}

/* One more answer, of the name asked for. */
static void
reply_add_as(const char *name, size_t name_n, unsigned type, uint32_t ttl, const void *data,
	     size_t n)
{
	put(name, name_n);
	put16(type);
	put16(1);
	put16(ttl >> 16);
	put16(ttl & 0xffff);
	put16((unsigned)n);
	put(data, n);
	packet[7]++;
}

static void
reply_add(unsigned type, uint32_t ttl, const void *data, size_t n)
{
	if (aliased)
		reply_add_as(ALIAS, sizeof(ALIAS), type, ttl, data, n);
	else
		reply_add_as(POINTER, 2, type, ttl, data, n);
}

static int
parse(const char *type)
{
	records_fini(&records);
	return records_parse(&records, record_type(type), packet, packet_n);
}

static const eddy_dns_record *
record(size_t i)
{
	ck_assert_uint_lt(i, records.n);
	return records.pointers[i];
}

/* A reply of each type, good enough to be cut anywhere. */
static void
reply_make(const char *type)
{
	static const unsigned char six[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};

	reply_begin((unsigned)record_type(type));
	if (aliased)
		reply_add_as(POINTER, 2, 5, 30, ALIAS, sizeof(ALIAS));
	if (strcmp(type, "A") == 0)
		reply_add(1, 60, "\300\0\2\1", 4);
	else if (strcmp(type, "AAAA") == 0)
		reply_add(28, 60, six, 16);
	else if (strcmp(type, "CAA") == 0)
		reply_add(257, 60, BYTES("\200\5issueca.test"));
	else if (strcmp(type, "CNAME") == 0)
		reply_add(5, 60, BYTES("\3www\300\14"));
	else if (strcmp(type, "MX") == 0)
		reply_add(15, 60, BYTES("\0\12\4mail\300\14"));
	else if (strcmp(type, "NAPTR") == 0)
		reply_add(35, 60, BYTES("\0\144\0\12\1U\7E2U+sip\5!^.*$\0"));
	else if (strcmp(type, "NS") == 0)
		reply_add(2, 60, BYTES("\3ns1\300\14"));
	else if (strcmp(type, "PTR") == 0)
		reply_add(12, 60, BYTES("\3www\300\14"));
	else if (strcmp(type, "SOA") == 0)
		reply_add(6, 60,
			  BYTES("\3ns1\300\14\4root\300\14\0\0\7\352\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"
				"\4"));
	else if (strcmp(type, "SRV") == 0)
		reply_add(33, 60, BYTES("\0\1\0\2\37\220\3www\7example\4test\0"));
	else if (strcmp(type, "TXT") == 0)
		reply_add(16, 60, BYTES("\3one\3two"));
}

static const char *const types[] = {"A",  "AAAA", "CAA", "CNAME", "MX", "NAPTR",
				    "NS", "PTR",  "SOA", "SRV",	  "TXT"};

START_TEST(types_are_known_in_any_case_and_others_are_not)
{
	ck_assert_int_eq(record_type("mx"), 15);
	ck_assert_int_eq(record_type("Aaaa"), 28);
	ck_assert_int_eq(record_type("CAA"), 257);
	ck_assert_int_eq(record_type("ANY"), -1);
	ck_assert_int_eq(record_type("HINFO"), -1);
	ck_assert_int_eq(record_type(""), -1);
	ck_assert_int_eq(record_type("M"), -1);
	ck_assert_int_eq(record_type("MX "), -1);
}
END_TEST

/* What record() is to say for the reply that reply_make makes. */
static const struct {
	const char *type, *value;
} values[] = {
	{"A", "192.0.2.1"},	     {"AAAA", "2001:db8::1"},
	{"CAA", "ca.test"},	     {"CNAME", "www.example.test"},
	{"MX", "mail.example.test"}, {"NAPTR", ""},
	{"NS", "ns1.example.test"},  {"PTR", "www.example.test"},
	{"SOA", "ns1.example.test"}, {"SRV", "www.example.test"},
	{"TXT", "onetwo"},
};

START_TEST(each_type_has_its_value_and_lifetime)
{
	reply_make(values[_i].type);
	ck_assert_int_eq(parse(values[_i].type), 0);
	ck_assert_uint_eq(records.n, 1);
	ck_assert_str_eq(record(0)->type, values[_i].type);
	ck_assert_str_eq(record(0)->value, values[_i].value);
	ck_assert_uint_eq(record(0)->size, strlen(values[_i].value));
	ck_assert_uint_eq(record(0)->ttl, 60);
	records_fini(&records);
}
END_TEST

/* An address has the shorter lifetime, as c-ares tells it. */
START_TEST(an_alias_leads_to_records_of_each_type)
{
	if (strcmp(values[_i].type, "CNAME") == 0)
		return;
	aliased = true;
	reply_make(values[_i].type);
	ck_assert_int_eq(parse(values[_i].type), 0);
	ck_assert_uint_eq(records.n, 1);
	ck_assert_str_eq(record(0)->value, values[_i].value);
	ck_assert_uint_eq(record(0)->ttl, _i < 2 ? 30 : 60);
	records_fini(&records);
}
END_TEST

START_TEST(members_of_a_type_are_set)
{
	reply_make("SRV");
	ck_assert_int_eq(parse("SRV"), 0);
	ck_assert_uint_eq(record(0)->priority, 1);
	ck_assert_uint_eq(record(0)->weight, 2);
	ck_assert_uint_eq(record(0)->port, 8080);
	reply_make("CAA");
	ck_assert_int_eq(parse("CAA"), 0);
	ck_assert_uint_eq(record(0)->critical, 128);
	ck_assert_str_eq(record(0)->tag, "issue");
	reply_make("NAPTR");
	ck_assert_int_eq(parse("NAPTR"), 0);
	ck_assert_uint_eq(record(0)->priority, 100);
	ck_assert_uint_eq(record(0)->weight, 10);
	ck_assert_str_eq(record(0)->flags, "U");
	ck_assert_str_eq(record(0)->service, "E2U+sip");
	ck_assert_str_eq(record(0)->regexp, "!^.*$");
	reply_make("SOA");
	ck_assert_int_eq(parse("SOA"), 0);
	ck_assert_str_eq(record(0)->hostmaster, "root.example.test");
	ck_assert_uint_eq(record(0)->serial, 2026);
	ck_assert_uint_eq(record(0)->refresh, 1);
	ck_assert_uint_eq(record(0)->retry, 2);
	ck_assert_uint_eq(record(0)->expire, 3);
	ck_assert_uint_eq(record(0)->minimum_ttl, 4);
	records_fini(&records);
}
END_TEST

START_TEST(records_keep_the_order_and_lifetimes_of_the_packet)
{
	reply_begin(15);
	reply_add(15, 100, BYTES("\0\24\1b\300\14"));
	reply_add(46, 7, BYTES("signature")); /* another type between them */
	reply_add(15, 200, BYTES("\0\12\1a\300\14"));
	ck_assert_int_eq(parse("MX"), 0);
	ck_assert_uint_eq(records.n, 2);
	ck_assert_str_eq(record(0)->value, "b.example.test");
	ck_assert_uint_eq(record(0)->priority, 20);
	ck_assert_uint_eq(record(0)->ttl, 100);
	ck_assert_str_eq(record(1)->value, "a.example.test");
	ck_assert_uint_eq(record(1)->ttl, 200);
	records_fini(&records);
}
END_TEST

START_TEST(txt_strings_are_joined_and_may_hold_any_byte)
{
	reply_begin(16);
	reply_add(16, 1, BYTES("\3a\0b\0\2c\377"));
	reply_add(16, 2, BYTES("\0"));
	reply_add(16, 3, BYTES("\1z"));
	ck_assert_int_eq(parse("TXT"), 0);
	ck_assert_uint_eq(records.n, 3);
	ck_assert_uint_eq(record(0)->size, 5);
	ck_assert_mem_eq(record(0)->value, "a\0bc\377\0", 6);
	ck_assert_uint_eq(record(0)->nlengths, 3);
	ck_assert_uint_eq(record(0)->lengths[0], 3);
	ck_assert_uint_eq(record(0)->lengths[1], 0);
	ck_assert_uint_eq(record(0)->lengths[2], 2);
	ck_assert_uint_eq(record(1)->nlengths, 1);
	ck_assert_uint_eq(record(1)->lengths[0], 0);
	ck_assert_uint_eq(record(1)->size, 0);
	ck_assert_str_eq(record(1)->value, "");
	ck_assert_str_eq(record(2)->value, "z");
	ck_assert_uint_eq(record(2)->ttl, 3);
	records_fini(&records);
}
END_TEST

START_TEST(an_alias_leads_to_its_addresses)
{
	reply_begin(1);
	reply_add(5, 60, BYTES("\3www\300\14"));
	reply_add_as(BYTES("\3www\7example\4test\0"), 1, 30, "\300\0\2\1", 4);
	ck_assert_int_eq(parse("A"), 0);
	ck_assert_uint_eq(records.n, 1);
	ck_assert_str_eq(record(0)->value, "192.0.2.1");
	records_fini(&records);
}
END_TEST

START_TEST(no_record_of_the_type_is_enodata)
{
	for (int i = 0; i < COUNT(types); i++) {
		reply_begin((unsigned)record_type(types[i]));
		ck_assert_msg(parse(types[i]) == EDDY_DNS_ENODATA, "%s, empty", types[i]);
		reply_add(99, 60, BYTES("\3spf"));
		ck_assert_msg(parse(types[i]) == EDDY_DNS_ENODATA, "%s, another", types[i]);
		ck_assert_uint_eq(records.n, 0);
	}
}
END_TEST

/* A name with "<" in it is fit for a log or a page as little as it is a host's. */
START_TEST(host_names_that_cannot_be_are_refused)
{
	reply_begin(12);
	reply_add(12, 60, BYTES("\10<script>\300\14"));
	ck_assert_int_eq(parse("PTR"), EDDY_DNS_EBADRESP);
	reply_begin(2);
	reply_add(2, 60, BYTES("\3a b\300\14"));
	ck_assert_int_eq(parse("NS"), EDDY_DNS_EBADRESP);
}
END_TEST

START_TEST(a_name_that_points_to_itself_is_refused)
{
	reply_begin(2);
	reply_add(2, 60, BYTES("\300\52"));
	packet[packet_n - 1] = (unsigned char)(packet_n - 2);
	ck_assert_int_eq(parse("NS"), EDDY_DNS_EBADRESP);
}
END_TEST

/* The copy is as large as the reply, so that the sanitizer sees a read behind it. */
static int
parse_copy(const char *type, size_t n)
{
	unsigned char *copy = malloc(n > 0 ? n : 1);
	int err;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, packet, n);
	records_fini(&records);
	err = records_parse(&records, record_type(type), copy, n);
	ck_assert(err != 0 || records.n > 0);
	free(copy);
	return err;
}

START_TEST(what_is_cut_short_anywhere_is_refused)
{
	reply_make(types[_i]);
	ck_assert_int_eq(parse_copy(types[_i], packet_n), 0);
	for (size_t n = 0; n < packet_n; n++)
		ck_assert_msg(parse_copy(types[_i], n) != 0, "%s, %zu of %zu bytes", types[_i], n,
			      packet_n);
}
END_TEST

/* Any byte changed to any of these: an error or other records, nothing worse. */
START_TEST(what_is_broken_anywhere_does_no_harm)
{
	static const unsigned char bytes[] = {0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff};

	reply_make(types[_i]);
	for (size_t at = 0; at < packet_n; at++) {
		unsigned char before = packet[at];

		for (int i = 0; i < COUNT(bytes); i++) {
			packet[at] = bytes[i];
			for (int as = 0; as < COUNT(types); as++)
				parse_copy(types[as], packet_n);
		}
		packet[at] = before;
	}
	records_fini(&records);
}
END_TEST

START_TEST(c_ares_errors_have_eddys_names)
{
	ck_assert_int_eq(dns_error(0), 0);
	ck_assert_int_eq(dns_error(1), EDDY_DNS_ENODATA);
	ck_assert_int_eq(dns_error(4), EDDY_DNS_ENOTFOUND);
	ck_assert_int_eq(dns_error(12), EDDY_DNS_ETIMEOUT);
	ck_assert_int_eq(dns_error(15), EDDY_ENOMEM);
	ck_assert_int_eq(dns_error(16), EDDY_DNS_ECANCELLED);
	ck_assert_int_eq(dns_error(24), EDDY_DNS_ECANCELLED);
	ck_assert_int_eq(dns_error(99), EDDY_DNS_ESERVFAIL);
	for (int status = 1; status <= 12; status++)
		ck_assert_str_ne(eddy_error_name(dns_error(status)), "EUNKNOWN");
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_test(tcase, types_are_known_in_any_case_and_others_are_not);
	tcase_add_loop_test(tcase, each_type_has_its_value_and_lifetime, 0, COUNT(values));
	tcase_add_loop_test(tcase, an_alias_leads_to_records_of_each_type, 0, COUNT(values));
	tcase_add_test(tcase, members_of_a_type_are_set);
	tcase_add_test(tcase, records_keep_the_order_and_lifetimes_of_the_packet);
	tcase_add_test(tcase, txt_strings_are_joined_and_may_hold_any_byte);
	tcase_add_test(tcase, an_alias_leads_to_its_addresses);
	tcase_add_test(tcase, no_record_of_the_type_is_enodata);
	tcase_add_test(tcase, host_names_that_cannot_be_are_refused);
	tcase_add_test(tcase, a_name_that_points_to_itself_is_refused);
	tcase_add_loop_test(tcase, what_is_cut_short_anywhere_is_refused, 0, COUNT(types));
	tcase_add_loop_test(tcase, what_is_broken_anywhere_does_no_harm, 0, COUNT(types));
	tcase_add_test(tcase, c_ares_errors_have_eddys_names);
}

int
main(void)
{
	return suite_run("records", add_tests);
}

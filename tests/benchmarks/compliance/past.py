"""Four hundred days of a city, as SQL: what its institutions did, what went wrong, and what was told of each day.

Places and dice are those of `places`; `%(days)s` is how many days are past.
"""

from collections.abc import Sequence

DAYS = """create temporary table past as
          select generate_series(%(today)s::date - %(days)s::int, %(today)s::date - 1, interval '1 day') as d"""
UPKEEP: Sequence[str] = (
    """insert into calibrations (id, tenant_id, camera_id, calibrated_at, time_source, offset_before_ms,
           offset_after_ms, view, next_due, remark, recorded_by, created_at)
       select gen_random_uuid(), c.tenant_id, c.id, at, '國家標準時間', 1200, 10, 'same', at::date + 365, '',
              md5('userhandler' || t.code)::uuid, at
       from cameras c join tenants t on t.id = c.tenant_id,
            lateral (select %(now)s - interval '1 day' * (200 * n - 150 + pg_temp.dice(c.id::text, 40)) as at
                     from generate_series(1, 2) n) a
       where pg_temp.dice(c.id || 'c', 50) > 0""",
    """insert into camera_checks (id, tenant_id, camera_id, device_id, measured_at, reported_at, codec, width, height,
           fps, key_interval_ms, kbps, make, model, firmware, clock_offset_ms, masks)
       select gen_random_uuid(), c.tenant_id, c.id, md5('device' || c.site_id)::uuid, d + interval '2 hours',
              d + interval '2 hours 5 minutes', 'h264', 1280, 720, 15, 2000, 2000, '晨曦', 'M1', '1.0',
              case when pg_temp.dice(c.id::text, 90) = 0 then 70000 else 300 end, 0
       from past, cameras c""",
    """insert into segment_drills (id, tenant_id, site_id, civil_day, drilled_at, outcome, cause, segment_id)
       select gen_random_uuid(), tenant_id, id, d::date, d + interval '25 hours',
              case when failed then 'failed' else 'ok' end, case when failed then 'missing' else '' end,
              gen_random_uuid()
       from (select s.*, d, pg_temp.dice(s.id || d::date::text, 100) = 0 as failed from past, sites s) s""",
    """insert into inspections (id, tenant_id, site_id, profile, profile_version, inspected_on, host_ok, devices_ok,
           picture_ok, remark, inspector_id, inspector_name, firm, late_reason, calibrations, signed_at, recorded_by,
           created_at)
       select md5('inspection' || n || s.id)::uuid, s.tenant_id, s.id, s.profile, '1', %(today)s::date - 28 * n + 9,
              true, true, true, '', md5('userhandler' || t.code)::uuid, '王handler', '', '', '[]',
              %(now)s - interval '1 day' * (28 * n - 9), md5('userhandler' || t.code)::uuid,
              %(now)s - interval '1 day' * (28 * n - 9)
       from sites s join tenants t on t.id = s.tenant_id,
            generate_series(case when pg_temp.dice(s.id::text, 20) = 0 then 4 else 1 end, 14) n""",
    """insert into inspection_answers (id, tenant_id, inspection_id, question, answer, reasons)
       select gen_random_uuid(), tenant_id, id, question, true, '[]'
       from inspections, unnest(array['host', 'devices', 'picture']) question""",
    """insert into faults (id, tenant_id, site_id, serial, kind, whole_site, state, how, found_at, opened_at, unit,
           repaired_at, repaired_by, rechecked_at, rechecked_by, ended_at, ended_by, cause, manner, end_reason,
           assign_until, report_until, repair_until, recheck_days, bureau_hours)
       select md5('fault' || n || s.id)::uuid, s.tenant_id, s.id, '報修-' || s.code || '-' || n, 'not_recording', false,
              case when open then 'found' else 'closed' end, 'telemetry', at, at, '總務處',
              case when not open then at + interval '2 days' end,
              case when not open then md5('usertechnician' || t.code)::uuid end,
              case when not open then at + interval '3 days' end,
              case when not open then md5('userhandler' || t.code)::uuid end,
              case when not open then at + interval '4 days' end,
              case when not open then md5('userhandler' || t.code)::uuid end, '', '', '', at + interval '1 day',
              at + interval '2 days', at + interval '7 days', 3, 16
       from sites s join tenants t on t.id = s.tenant_id,
            generate_series(1, 14) n,
            lateral (select n = 1 and pg_temp.dice(s.id::text, 3) = 0 as open,
                            %(now)s - interval '1 day' * (28 * n - 26) as at) """,
    """insert into fault_cameras (tenant_id, fault_id, camera_id, kind, found_at, ended_at)
       select f.tenant_id, f.id, c.id, f.kind, f.found_at, f.ended_at
       from faults f, lateral (select c.id from cameras c where c.site_id = f.site_id order by c.code limit 1) c""",
    """insert into fault_lines (id, tenant_id, fault_id, at, code, how, words, by)
       select gen_random_uuid(), f.tenant_id, f.id, f.opened_at + day * interval '1 day', code, 'person', '', null
       from faults f, (values ('found', 0), ('reported', 1), ('repaired', 2), ('rechecked', 3), ('closed', 4))
            step (code, day)
       where f.ended_at is not null or day = 0""",
    """insert into gap_reports (id, camera_id, tenant_id, device_id, started_at, ended_at, cause, reported_at)
       select gen_random_uuid(), c.id, c.tenant_id, md5('device' || c.site_id)::uuid, at, at + interval '7 minutes',
              'camera_unreachable', at + interval '8 minutes'
       from cameras c, generate_series(1, %(days)s::int / 10) n,
            lateral (select %(now)s - interval '1 day' * (10 * n - 8) - interval '1 minute' *
                     pg_temp.dice(c.id::text, 600) as at) g""",
    """insert into gap_settlements (id, tenant_id, camera_id, started_at, ended_at, reason, words, settled_at,
           settled_by)
       select gen_random_uuid(), g.tenant_id, g.camera_id, g.started_at, g.ended_at, 'network', '交換器故障',
              g.ended_at + interval '1 day', md5('userhandler' || t.code)::uuid
       from gap_reports g join tenants t on t.id = g.tenant_id where pg_temp.dice(g.id::text, 400) > 0""",
)

KEEPING: Sequence[str] = (
    """insert into day_keys (tenant_id, civil_day, retention_days, recipient, wrapped_secret, destroyed_at)
       select id, d::date, %(kept)s, 'age1' || md5(code || d) || md5(d || code),
              case when d >= %(oldest)s::date then decode(md5(code), 'hex') end,
              case when d < %(oldest)s::date then d + interval '15 days 1 hour' end
       from (select d from past union all
             select generate_series(%(today)s::date, %(today)s::date + 14, interval '1 day')) d, tenants
       where kind <> 'bureau'""",
    """insert into destructions (id, tenant_id, civil_day, retention_days, profile_version, state, begun_at, begun_by,
           segments, size, digest, kept_back, certified_at, certificate_no, certificate, tries, last_error)
       select gen_random_uuid(), id, d::date, %(kept)s, '1', 'certified', d + interval '15 days', 'worker', 24000,
              48000000000, md5(code || d), 0, d + interval '15 days 1 hour', '銷毀-' || code || '-' || d::date,
              jsonb_build_object('digest', md5(code || d), 'segments', 24000), 0, ''
       from past, tenants where kind <> 'bureau' and d < %(oldest)s::date""",
    """insert into filmed_days (tenant_id, civil_day, retention_days, camera_id, site_id, segments, size, started_at,
           ended_at)
       select tenant_id, d::date, %(kept)s, id, site_id, 1440, 2880000000, d, d + interval '1 day'
       from past, cameras where d < %(oldest)s::date""",
    """insert into audit_tree_heads (tenant_id, day, size, root, chain_hash, frontier, anchored_at)
       select id, d::date, 1 + d::date - (%(today)s::date - %(days)s::int), md5(code || d), md5(d || code),
              decode(md5(code), 'hex'), d + interval '1 day 10 minutes'
       from past, tenants""",
    "insert into retention_runs (tenant_id, ran_at) select id, %(now)s from tenants",
    """insert into swept_areas (tenant_id, area, swept_at, objects, size, strays, missing, differing)
       select id, 'seg/d' || %(kept)s || '/' || id || '/' || d::date || '/', %(now)s - interval '3 days', 24000,
              48000000000, 0, 0, 0
       from generate_series(%(oldest)s::date, %(today)s::date - 4, interval '1 day') d, tenants
       where kind <> 'bureau'""",
    """insert into holds (id, tenant_id, basis, reference, document, necessity, placed_at, review_on, release_reason,
           released_at, recipient, wrapped_secret, copy_failures, copy_error)
       select md5('hold' || n || code)::uuid, id, 'request', '調閱-115-' || n, '', '',
              %(now)s - interval '1 day' * (60 * n - 55), %(today)s::date + 90,
              case when n > 1 then '案件已結束' else '' end,
              case when n > 1 then %(now)s - interval '1 day' * (60 * n - 95) end,
              'age1hold' || md5(code || n), decode(md5(code || n), 'hex'), 0, ''
       from tenants, generate_series(1, 6) n where kind <> 'bureau' and n > pg_temp.dice(code || 'h', 2)""",
    """update holds set destroyed_at = released_at, wrapped_secret = null where released_at is not null""",
    """insert into hold_windows (id, tenant_id, hold_id, camera_id, started_at, ended_at)
       select gen_random_uuid(), h.tenant_id, h.id, c.id, h.placed_at - interval '2 hours',
              h.placed_at - interval '1 hour 30 minutes'
       from holds h, lateral (select c.id from cameras c where c.tenant_id = h.tenant_id order by c.code limit 2) c""",
    """insert into preserved_segments (tenant_id, hold_id, segment_id, camera_id, device_id, civil_day, retention_days,
           started_at, ended_at, plain_sha256, cipher_sha256, cipher_bytes, line, signature, copied_at)
       select w.tenant_id, w.hold_id, gen_random_uuid(), w.camera_id, md5('device' || c.site_id)::uuid,
              (at at time zone 'Asia/Taipei')::date, %(kept)s, at, at + interval '1 minute', md5('p') || md5('p'),
              md5('c') || md5('c'), 2000800, 'line', 'signature', w.ended_at
       from hold_windows w join cameras c on c.id = w.camera_id,
            generate_series(w.started_at, w.ended_at - interval '1 minute', interval '1 minute') at""",
)

CASES: Sequence[str] = (
    """insert into agencies (id, name, folded_name, code, kind, contact, created_at)
       select md5('agency' || n)::uuid, '第' || n || '分局', '第' || n || '分局', 'A' || n, 'police', '',
              %(now)s - interval '450 days'
       from generate_series(1, 20) n""",
    """insert into disclosures (id, tenant_id, door, site_id, serial, state, profile, profile_version, filed_at,
           filed_by, hold_id, decided_at, decided_by, decided_acting, decision_reasons, returned_note, replied_at,
           replied_by, closed_at, closed_by, halt, halt_cause, halt_note, halt_end, halt_reasons, barred, untold)
       select md5('case' || h.id)::uuid, h.tenant_id, 'official', s.id, h.reference,
              case when h.released_at is null then 'submitted' else 'closed' end, s.profile, '1', h.placed_at,
              md5('officer1')::uuid, h.id, case when h.released_at is not null then h.placed_at + interval '1 day' end,
              case when h.released_at is not null then md5('userhead' || t.code)::uuid end, '', '', '',
              case when h.released_at is not null then h.placed_at + interval '2 days' end,
              case when h.released_at is not null then md5('userhandler' || t.code)::uuid end, h.released_at,
              case when h.released_at is not null then md5('userhandler' || t.code)::uuid end, '', '', '', '', '',
              '[]', '[]'
       from holds h join tenants t on t.id = h.tenant_id join sites s on s.tenant_id = t.id and s.code = 'S1'""",
    """insert into official_requests (id, tenant_id, agency_id, officer_name, officer_title, officer_phone,
           document_number, folded_number, document_date, urgency, classification, subject, explanation, parent_number,
           also_sent_to, duty, legal_basis, purpose, scope, intended_use, wants_copy, copy_necessity, copy_approved,
           returned_for, copy_ended, copy_ended_document, reply_number)
       select d.id, d.tenant_id, md5('agency' || 1 + pg_temp.dice(d.id::text, 20))::uuid, '陳警員', '警員', '',
              '高市警字第' || d.serial || '號', d.id::text, d.filed_at::date, '普通件', '普通', '調閱監錄', '', '', 0,
              '偵辦竊盜案', '刑事訴訟法', '偵查', '大門', '偵查', false, '', false, '[]', '', '', ''
       from disclosures d""",
    """insert into disclosure_windows (id, tenant_id, disclosure_id, agency_id, camera_id, camera_name, started_at,
           ended_at)
       select gen_random_uuid(), w.tenant_id, d.id, o.agency_id, w.camera_id, '鏡頭', w.started_at, w.ended_at
       from hold_windows w join disclosures d on d.hold_id = w.hold_id join official_requests o on o.id = d.id""",
)

# `articles` are the keys of the table of articles. What is told of a day follows from nothing here: it is what nights
# of four hundred days left behind, and the roll-up that is measured writes its own.
TOLD: Sequence[str] = (
    """insert into compliance_days (tenant_id, civil_day, cameras, due_seconds, recorded_seconds, coverage_state, gaps,
           computed_at)
       select id, d::date, 17, 612000, 611000, 'known', 3, d + interval '1 day 20 minutes'
       from past, tenants where kind <> 'bureau' and d < %(today)s::date - 1""",
    """insert into compliance_site_days (tenant_id, site_id, civil_day, size, computed_at)
       select tenant_id, id, d::date, 340000000000, d + interval '1 day 20 minutes'
       from past, sites where d < %(today)s::date - 1""",
    """insert into compliance_findings (tenant_id, civil_day, article, state, looked_at, wrong, since, subjects,
           computed_at)
       select tenant_id, d::date, article, state, 17, wrong, case when wrong > 0 then d::date - wrong end,
              case when wrong = 0 then '[]'::jsonb else
                (select jsonb_agg(jsonb_build_object('label', 'C-' || n || ' 鏡頭' || n, 'id', md5(n::text)::uuid,
                                                     'why', '應錄 630 分，缺 12 分', 'since', d::date - wrong))
                 from generate_series(1, wrong) n) end,
              d + interval '1 day 20 minutes'
       from (select t.id as tenant_id, d, article, case when faces = 0 then 2 when faces < 4 then 1 else 0 end as wrong,
                    case when faces < 4 then 'unmet' when faces < 6 then 'not_reported' when faces < 12 then
                      'not_applicable' else 'met' end as state
             from past, tenants t, unnest(%(articles)s::text[]) article,
                  lateral (select pg_temp.dice(t.code || article || d::date, 100) as faces) f
             where kind <> 'bureau' and d < %(today)s::date - 1) """,
    """insert into compliance_city_days (tenant_id, civil_day, article, district, kind, ownership, state, institutions,
           computed_at)
       select md5('bureau')::uuid, f.civil_day, f.article, t.district, t.kind, t.ownership, f.state, count(*),
              max(f.computed_at)
       from compliance_findings f join tenants t on t.id = f.tenant_id group by 2, 3, 4, 5, 6, 7""",
)

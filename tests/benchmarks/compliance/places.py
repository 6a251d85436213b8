"""A city's institutions with their people and equipment, as SQL: what stands on the day that is measured.

`%(now)s` is that moment, `%(today)s` its civil day. Ids follow from names, so that what belongs together finds itself;
`dice(name, sides)` falls for a name always the same way.
"""

from collections.abc import Sequence

DICE = """create function pg_temp.dice(name text, sides int) returns int language sql immutable as
          'select (abs(hashtext(name)::bigint) % sides)::int'"""
DISTRICTS = 38
OFFICERS = 50

INSTITUTIONS: Sequence[str] = (
    """insert into tenants (id, code, kind, name, short_name, district, ownership, supervising_authority, keeper, phone,
           created_at)
       select md5('bureau')::uuid, 'BUREAU', 'bureau', '教育局', '教育局', '', 'public', '直轄市', '', '',
              %(now)s - interval '500 days'
       union all
       select md5('tenant' || n)::uuid, 'K' || n, case when n %% 4 = 0 then 'elementary_school' else 'preschool' end,
              case when n %% 4 = 0 then '第' || n || '國民小學' else '第' || n || '幼兒園' end, n || '號',
              '第' || 1 + n %% least(%(districts)s::int, 1 + %(last)s / 10) || '區',
              case when n %% 3 = 0 then 'public' else 'private' end, '直轄市', '', '07-5550000',
              %(now)s - interval '500 days'
       from generate_series(0, %(last)s::int) n""",
    """insert into audit_heads (tenant_id, seq, hash) select id, %(days)s, md5(id::text) || md5(code) from tenants""",
    """insert into rule_schedules (id, code, version, effective_from, min_days, document, words, created_at)
       values (gen_random_uuid(), 'KH_PRESCHOOL', '116', %(today)s::date + 120, 30, '高市教幼字第11500000001號',
               '錄影資料至少保存三十日。', %(now)s - interval '10 days')""",
    """insert into hours_templates (id, effective_from, weekly, document, created_at)
       select gen_random_uuid(), %(today)s::date - 430, jsonb_object_agg(day, '[["07:30", "18:00"]]'::jsonb),
              '高市教幼字第11400000001號', %(now)s - interval '430 days'
       from unnest(array['mon', 'tue', 'wed', 'thu', 'fri']) day""",
    """insert into calendar_spans (id, kind, first_day, last_day, name, document, note, districts, withdrawn_note,
           created_at)
       select gen_random_uuid(), 'holiday', %(today)s::date - 20 * n, %(today)s::date - 20 * n, '放假日' || n,
              '行政院公告', '', '[]', '', %(now)s - interval '430 days'
       from generate_series(1, 20) n""",
    """insert into fault_targets (id, effective_from, assign_hours, report_hours, repair_days, recheck_days,
           bureau_hours, document, created_at)
       values (gen_random_uuid(), %(today)s::date - 430, 4, 8, 5, 3, 16, '高市教幼字第11400000002號',
               %(now)s - interval '430 days')""",
    """insert into sites (id, tenant_id, code, name, profile, capacity_bytes, newest_first, notice_posted_on,
           notice_places, created_at)
       select md5('site' || s || code)::uuid, id, 'S' || s, short_name || '本園',
              case when kind = 'preschool' then 'KH_PRESCHOOL' else 'TY_ELEMENTARY' end, 8000000000000, false,
              %(today)s::date - 430, '大門', %(now)s - interval '490 days'
       from tenants, generate_series(1, case when pg_temp.dice(code, 20) = 0 then 2 else 1 end) s
       where kind <> 'bureau'""",
    """insert into edge_devices (id, tenant_id, site_id, name, public_key, enrolled_at, last_seen_at, clock_offset_ms,
           turns, disk_fault, sending, disk_hours_left, disk_hours, takes_hybrid, refused_segments, refused_gaps,
           refused_code)
       select md5('device' || id)::uuid, tenant_id, id, '邊緣主機', md5(id::text), %(now)s - interval '480 days',
              %(now)s, 3, 0, '', '', case when pg_temp.dice(id::text, 50) = 0 then 30 else 160 end, 200, true,
              0, 0, ''
       from sites""",
    """insert into cameras (id, tenant_id, site_id, code, name, zone, audio, active_from, created_at)
       select md5(t.code || '/' || c)::uuid, t.id, s.id, 'C-' || c, '鏡頭' || c,
              (array['front_gate', 'outdoor_activity', 'activity_room', 'activity_room', 'washroom_entrance',
                     'outdoor_corridor', 'kitchen', 'indoor_other'])[1 + c %% 8],
              false, %(today)s::date - 450, %(now)s - interval '450 days'
       from tenants t, generate_series(1, case when substr(t.code, 2)::int %% 3 = 2 then 16 else 17 end) c,
            lateral (select s.id from sites s where s.tenant_id = t.id order by s.code
                     offset c %% (select count(*) from sites s where s.tenant_id = t.id) limit 1) s
       where t.kind <> 'bureau'""",
    """insert into camera_status (tenant_id, camera_id, reported_at, recording, recorded_until, spooled, fault)
       select tenant_id, id, %(now)s, not broken, case when broken then %(now)s - interval '30 hours' else %(now)s end,
              0, case when broken then 'camera_unreachable' else '' end
       from (select *, pg_temp.dice(id::text, 200) = 0 as broken from cameras) c""",
)

# Six people at each institution and one who left; fifty officers at the bureau.
PEOPLE: Sequence[str] = (
    """insert into users (id, login, name, title, email, password_hash, session_epoch, failed_sign_ins, pin_hash,
           pin_failures, created_at)
       select md5('user' || role || code)::uuid, lower(code) || '-' || role, '王' || role, '', '', %(password)s, 0, 0,
              '', 0, %(now)s - interval '460 days'
       from tenants, unnest(array['head', 'handler', 'office_head', 'technician', 'guard', 'staff', 'former']) role
       where kind <> 'bureau'
       union all
       select md5('officer' || n)::uuid, 'officer-' || n, '承辦人' || n, '', '', %(password)s, 0, 0, '', 0,
              %(now)s - interval '460 days'
       from generate_series(1, %(officers)s::int) n""",
    """insert into memberships (id, user_id, tenant_id, role, unit, granted_at, ended_at, ended_by)
       select gen_random_uuid(), md5('user' || role || code)::uuid, id,
              case when role = 'former' then 'handler' else role end, '總務處', %(now)s - interval '445 days',
              case when role = 'former' then %(now)s - interval '150 days' end,
              case when role = 'former' then md5('userhead' || code)::uuid end
       from tenants, unnest(array['head', 'handler', 'office_head', 'technician', 'guard', 'staff', 'former']) role
       where kind <> 'bureau'
       union all
       select gen_random_uuid(), md5('officer' || n)::uuid, md5('bureau')::uuid, 'bureau_officer', '',
              %(now)s - interval '445 days', null, null
       from generate_series(1, %(officers)s::int) n""",
    """insert into designations (id, tenant_id, kind, office, contact_id, from_on, document, made_at, made_by, ending)
       select gen_random_uuid(), id, 'person', '', md5('userhandler' || code)::uuid, %(today)s::date - 440, '',
              %(now)s - interval '441 days', md5('userhead' || code)::uuid, ''
       from tenants where kind <> 'bureau' and pg_temp.dice(code || 'd', 50) > 0""",
    """insert into undertakings (id, tenant_id, user_id, occasion, version, signed_on, paper, noted_at, noted_by)
       select gen_random_uuid(), tenant_id, user_id, occasion, '1', %(today)s::date - 440, '',
              %(now)s - interval '440 days', user_id
       from memberships, unnest(array['designated', 'leaving']) occasion
       where role in ('handler', 'technician') and (occasion = 'designated' or ended_at is not null)
         and pg_temp.dice(user_id || occasion, 30) > 0""",
    """insert into account_reviews (id, tenant_id, begun_at, begun_by, completed_at, completed_by)
       select md5('review' || code)::uuid, id, %(now)s - interval '200 days', md5('userhead' || code)::uuid,
              %(now)s - interval '199 days', md5('userhead' || code)::uuid
       from tenants where kind <> 'bureau' and pg_temp.dice(code || 'r', 25) > 0""",
    """insert into account_verdicts (id, tenant_id, review_id, user_id, verdict, said_at, said_by)
       select gen_random_uuid(), r.tenant_id, r.id, m.user_id, 'confirmed', r.completed_at, r.completed_by
       from account_reviews r join memberships m on m.tenant_id = r.tenant_id and m.ended_at is null""",
)

EQUIPMENT: Sequence[str] = (
    """insert into assets (id, tenant_id, site_id, kind, number_kind, number, name, brand, model, serial, origin,
           firmware, acquired_on, cost, service_years, place, camera_id, head_note, bureau_document, recorded_by,
           ended_document, planned_replacement, created_at)
       select md5('asset' || c.id)::uuid, c.tenant_id, c.site_id, 'camera', 'property', '31401-' || c.code, c.name,
              (array['晨曦', '安保', '危視科技'])[1 + pg_temp.dice(c.id::text, 300) / 149], 'M1', '', '臺灣', '1.0',
              %(today)s::date - 460, 6000, 5, '校園', c.id, '', '', md5('userhandler' || t.code)::uuid, '',
              %(today)s::date + 900, %(now)s - interval '440 days'
       from cameras c join tenants t on t.id = c.tenant_id where pg_temp.dice(c.id || 'a', 80) > 0""",
    """insert into asset_custodies (id, tenant_id, asset_id, custodian_id, from_day, handed_by, note, recorded_by,
           created_at)
       select gen_random_uuid(), a.tenant_id, a.id,
              case when pg_temp.dice(a.id::text, 60) = 0 then md5('userformer' || t.code)::uuid else a.recorded_by end,
              %(today)s::date - 440, '', '', a.recorded_by, a.created_at
       from assets a join tenants t on t.id = a.tenant_id""",
    """insert into restricted_brands (id, brand, folded, document, effective_from, recorded_by, created_at)
       values (gen_random_uuid(), '危視科技', '危視科技', '院臺護字第1140000001號', %(today)s::date - 300,
               md5('officer1')::uuid, %(now)s - interval '300 days')""",
    """insert into zone_assessments (id, tenant_id, site_id, zone, place, nappy_table, need, decision, reason, assessor,
           assessed_on, meeting, recorded_by, privacy_note, noted_at, noted_by, confirmed_at, confirmed_by, created_at)
       select md5('zone' || c.id)::uuid, c.tenant_id, c.site_id, c.zone, c.name, false, '出入口安全', 'install',
              '人車進出頻繁', '園長', %(today)s::date - 449, '', md5('userhead' || t.code)::uuid, '不攝錄更衣處',
              %(now)s - interval '449 days', md5('userhead' || t.code)::uuid, %(now)s - interval '449 days',
              md5('userhead' || t.code)::uuid, %(now)s - interval '449 days'
       from cameras c join tenants t on t.id = c.tenant_id where pg_temp.dice(c.id || 'z', 100) > 0""",
    """insert into camera_assessments (id, tenant_id, camera_id, assessment_id, linked_by, created_at)
       select gen_random_uuid(), c.tenant_id, c.id, z.id, z.recorded_by, z.created_at
       from cameras c join zone_assessments z on z.id = md5('zone' || c.id)::uuid""",
    """insert into entrance_reviews (id, tenant_id, camera_id, looked_at, look, seen, set_up_by, is_clear, statement,
           reviewed_by, created_at)
       select gen_random_uuid(), c.tenant_id, c.id, %(now)s - interval '448 days', 'on_site', '走廊', '安裝廠商', true,
              '1', md5('userhead' || t.code)::uuid, %(now)s - interval '448 days'
       from cameras c join tenants t on t.id = c.tenant_id
       where c.zone = 'washroom_entrance' and pg_temp.dice(c.id || 'e', 40) > 0""",
    """insert into function_reviews (id, tenant_id, camera_id, color_clear, full_angle, accurate_time, audio,
           color_clear_remark, full_angle_remark, accurate_time_remark, audio_remark, reviewed_by, created_at)
       select gen_random_uuid(), c.tenant_id, c.id, 'met',
              case when pg_temp.dice(c.id::text, 30) = 0 then 'unmet' else 'met' end, 'met', 'met', '', '', '', '',
              md5('userhandler' || t.code)::uuid, %(now)s - interval '300 days'
       from cameras c join tenants t on t.id = c.tenant_id""",
    """insert into site_hours (id, tenant_id, site_id, effective_from, basis, weekly, care, created_at)
       select gen_random_uuid(), s.tenant_id, s.id, %(today)s::date - 420, 'own', h.weekly, '[["18:00", "19:00"]]',
              %(now)s - interval '421 days'
       from sites s, hours_templates h where s.profile = 'KH_PRESCHOOL' and pg_temp.dice(s.id::text, 2) = 0""",
    """insert into site_days (id, tenant_id, site_id, day, periods, reason, notice, note, recorded_by,
           withdrawn_note, created_at)
       select gen_random_uuid(), s.tenant_id, s.id, %(today)s::date - 70 * n, '[["08:00", "12:00"]]', '校慶', '', '',
              md5('userhead' || t.code)::uuid, '', %(now)s - interval '421 days'
       from sites s join tenants t on t.id = s.tenant_id, generate_series(1, 5) n""",
    """insert into site_periods (id, tenant_id, site_id, effective_from, basis, retention_days, considerations, meeting,
           meeting_on, minutes, created_at)
       select gen_random_uuid(), tenant_id, id, %(today)s::date - 430, 'own_policy', %(kept)s, '園務會議', '園務會議',
              %(today)s::date - 440, '', %(now)s - interval '440 days'
       from sites where pg_temp.dice(id || 'p', 15) > 0""",
)

/** Larkfield Instruments, an invented maker of laboratory instruments with a subscription service around them. */
export const organization = { name: 'Larkfield Instruments', timeZone: 'Europe/Berlin' }

/** key, name, parent, lead. Parents stand before their children. */
export const departments: readonly [string, string, string | null, string][] = [
  ['larkfield', 'Larkfield', null, 'ingrid'],
  ['commercial', 'Commercial', 'larkfield', 'tomas'],
  ['product', 'Product and Technology', 'larkfield', 'hannah'],
  ['operations', 'Operations', 'larkfield', 'samuel'],
  ['people', 'People and Culture', 'larkfield', 'nina'],
  ['finance', 'Finance', 'larkfield', 'victor'],
  ['sales', 'Sales', 'commercial', 'priya'],
  ['marketing', 'Marketing', 'commercial', 'amara'],
  ['service', 'Customer Service', 'commercial', 'grace'],
  ['production', 'Production', 'operations', 'marta'],
]

/** key, name, title, manager, department. Managers stand before their reports. */
export const people: readonly [string, string, string, string | null, string][] = [
  ['ingrid', 'Ingrid Halvorsen', 'Chief Executive', null, 'larkfield'],
  ['tomas', 'Tomás Rivera', 'Chief Commercial Officer', 'ingrid', 'commercial'],
  ['hannah', 'Hannah Fischer', 'Chief Technology Officer', 'ingrid', 'product'],
  ['samuel', 'Samuel Adeyemi', 'Chief Operating Officer', 'ingrid', 'operations'],
  ['nina', 'Nina Berg', 'Head of People', 'ingrid', 'people'],
  ['victor', 'Victor Chen', 'Chief Financial Officer', 'ingrid', 'finance'],
  ['priya', 'Priya Nair', 'Head of Sales', 'tomas', 'sales'],
  ['amara', 'Amara Diallo', 'Head of Marketing', 'tomas', 'marketing'],
  ['grace', 'Grace Mbeki', 'Head of Customer Service', 'tomas', 'service'],
  ['marta', 'Marta Kowalska', 'Plant Manager', 'samuel', 'production'],
  ['daniel', 'Daniel Osei', 'Sales Development', 'priya', 'sales'],
  ['mei', 'Mei Tanaka', 'Account Executive', 'priya', 'sales'],
  ['luca', 'Luca Moretti', 'Account Executive', 'priya', 'sales'],
  ['jonas', 'Jonas Weber', 'Demand Generation Lead', 'amara', 'marketing'],
  ['sofia', 'Sofia Lindqvist', 'Brand Lead', 'amara', 'marketing'],
  ['noah', 'Noah Kim', 'Web Marketing', 'jonas', 'marketing'],
  ['omar', 'Omar Haddad', 'Support Lead', 'grace', 'service'],
  ['ella', 'Ella Novak', 'Support Engineer', 'omar', 'service'],
  ['ravi', 'Ravi Patel', 'Support Engineer', 'omar', 'service'],
  ['leo', 'Leo Martin', 'Engineering Lead', 'hannah', 'product'],
  ['yuki', 'Yuki Sato', 'Software Engineer', 'leo', 'product'],
  ['chloe', 'Chloé Dubois', 'Product Manager', 'hannah', 'product'],
  ['pedro', 'Pedro Alves', 'Line Lead', 'marta', 'production'],
  ['aisha', 'Aisha Rahman', 'Safety Engineer', 'marta', 'production'],
  ['tariq', 'Tariq Aziz', 'Learning Partner', 'nina', 'people'],
  ['julia', 'Julia Santos', 'Controller', 'victor', 'finance'],
]

/** key, name, kind, lead, members besides the lead. */
export const teams: readonly [string, string, 'standing' | 'temporary', string, readonly string[]][] = [
  ['new-business', 'New Business', 'standing', 'mei', ['daniel', 'luca']],
  ['europe', 'Europe Task Force', 'temporary', 'luca', ['sofia', 'chloe']],
  ['demand', 'Demand Generation', 'standing', 'jonas', ['noah']],
  ['brand', 'Brand', 'standing', 'sofia', ['noah']],
  ['support', 'Support Desk', 'standing', 'omar', ['ella', 'ravi']],
  ['search', 'Search', 'standing', 'leo', ['yuki', 'chloe']],
  ['line', 'Assembly Line', 'standing', 'pedro', ['aisha']],
]

import type { BiTable } from '../bi/table.ts'

const namespace = 'Headway'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** `KeyResults` holds things of the type `KeyResult`, `People` of `Person`. */
export const entityTypeOf = ({ entitySet }: BiTable): string =>
  entitySet === 'People' ? 'Person' : entitySet.replace(/s$/, '')

const described = (says: string): string =>
  `<Annotation Term="Org.OData.Core.V1.Description" String="${escaped(says)}"/>`

const entityType = (table: BiTable): string => {
  const properties = Object.entries(table.columns).map(
    ([name, { type, says }]) =>
      `<Property Name="${name}" Type="Edm.${type}" Nullable="${name !== table.key}"${
        type === 'DateTimeOffset' ? ' Precision="3"' : ''
      }>${described(says)}</Property>`,
  )
  return `<EntityType Name="${entityTypeOf(table)}"><Key><PropertyRef Name="${table.key}"/></Key>${properties.join('')}${described(table.says)}</EntityType>`
}

/** The service described in CSDL 4.0 (XML), from the definitions of the tables. */
export const metadataOf = (tables: readonly BiTable[]): string => {
  const sets = tables.map(
    (table) => `<EntitySet Name="${table.entitySet}" EntityType="${namespace}.${entityTypeOf(table)}"/>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference><edmx:DataServices><Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">${tables.map(entityType).join('')}<EntityContainer Name="Container">${sets.join('')}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>
`
}

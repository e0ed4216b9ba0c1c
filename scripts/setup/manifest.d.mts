// Types of manifest.mjs, which is JavaScript because scripts are.

/** `contributes.configuration.properties` of package.json, as they follow from the schemas. */
export declare function settingProperties(): Record<string, Record<string, unknown>>;

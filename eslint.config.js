import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/.vernier/**"] },
  ...tseslint.configs.strict,
  {
    files: ["**/*.ts"],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Typed-array reads in hot loops are in range by construction; noUncheckedIndexedAccess makes every other read a decision.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      // Records that came from JSON are plain dictionaries.
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-invalid-void-type": [
        "error",
        { allowInGenericTypeArguments: true, allowAsThisParameter: true },
      ],
    },
  },
  {
    // Browser-safe folders: nothing of the environment either (node: imports are refused by the import-direction check).
    files: ["packages/vernier/src/{math,space,core,samplers,schedulers,insight,plot}/**/*.ts"],
    // The report's client is the one part that has a page; it is bundled apart and imported by nothing.
    ignores: ["**/*.test.ts", "packages/vernier/src/plot/report/client/**"],
    rules: { "no-restricted-globals": ["error", "process", "Buffer", "window", "document", "require", "__dirname"] },
  },
  {
    // Only the command line (and later the server) reads the environment.
    files: ["packages/vernier/src/{store,exec,interop}/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only cli/ and server/ read the environment: take it as an option.",
        },
      ],
    },
  },
);

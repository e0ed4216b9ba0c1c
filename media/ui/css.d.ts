/** Style sheets are imported for their effect only: esbuild joins them into one file. */
declare module "*.css";

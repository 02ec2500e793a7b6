/* What the builder does not know by itself: our sources are TypeScript. */
module.exports = {
  resolve: { extensions: [".ts", ".tsx", ".js"] },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        loader: "builtin:swc-loader",
        options: {
          jsc: {
            parser: { syntax: "typescript", tsx: true },
            transform: { react: { runtime: "classic" } },
            target: "es2022",
          },
        },
        type: "javascript/auto",
      },
    ],
  },
};
